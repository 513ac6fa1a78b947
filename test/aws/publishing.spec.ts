import { randomUUID } from 'node:crypto';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { type Message, SQS } from '@aws-sdk/client-sqs';
import { AwsClients } from '../../libs/loose-coupling/src/aws/clients/aws-clients.js';
import { encodeDetail } from '../../libs/loose-coupling/src/aws/eventbridge/detail.js';
import { EventBridgePublisher } from '../../libs/loose-coupling/src/aws/eventbridge/eventbridge-publisher.js';
import { SqsEntrySender } from '../../libs/loose-coupling/src/aws/publishing/sqs-entry-sender.js';
import { ClaimCheck } from '../../libs/loose-coupling/src/aws/s3/claim-check.js';
import { SnsPublisher } from '../../libs/loose-coupling/src/aws/sns/sns-publisher.js';
import { createEnvelope, decodeMessage } from '../../libs/loose-coupling/src/messaging/index.js';
import { UnreliableProxy } from '../resilience/unreliable-proxy.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(30_000);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describeOnAws('publishing', (aws) => {
  let clients: AwsClients;
  let sqs: SQS;
  let sns: SNS;
  let eventBridge: EventBridge;
  const closers: (() => Promise<void>)[] = [];

  const configuration = () => {
    const { endpoint, region, credentials } = aws();
    return { endpoint, region, credentials };
  };
  const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;
  const newQueue = async (fifo = false) => {
    const QueueName = `${unique('publishing')}${fifo ? '.fifo' : ''}`;
    const { QueueUrl } = await sqs.createQueue({ QueueName, ...(fifo && { Attributes: { FifoQueue: 'true' } }) });
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
    return { name: QueueName, url: QueueUrl!, arn: Attributes!['QueueArn']! };
  };
  const newTopic = async (fifo = false) => {
    const Name = `${unique('prices')}${fifo ? '.fifo' : ''}`;
    return (await sns.createTopic({ Name, ...(fifo && { Attributes: { FifoTopic: 'true' } }) })).TopicArn!;
  };
  const senderTo = ({ name: queue, url }: { name: string; url: string }) => {
    const sender = new SqsEntrySender({ api: clients.sqs(), queue, url });
    closers.push(() => sender.close());
    return sender;
  };
  const newPublisher = () => {
    const publisher = new SnsPublisher({ api: clients.sns() });
    closers.push(() => publisher.close());
    return publisher;
  };
  const newEventPublisher = () => {
    const publisher = new EventBridgePublisher({ api: clients.eventBridge() });
    closers.push(() => publisher.close());
    return publisher;
  };
  /** Deletes what it receives, so that the next of each group comes. */
  const receive = async (QueueUrl: string, count: number, patience = 15_000) => {
    const all: Message[] = [];
    const end = Date.now() + patience;
    while (all.length < count && Date.now() < end) {
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      });
      all.push(...Messages);
      for (const { ReceiptHandle } of Messages) await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
    }
    return all;
  };

  beforeAll(() => {
    clients = new AwsClients(configuration());
    sqs = new SQS({ ...configuration(), useQueueUrlAsEndpoint: false });
    sns = new SNS(configuration());
    eventBridge = new EventBridge(configuration());
  });

  afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

  afterAll(() => {
    clients.close();
    for (const client of [sqs, sns, eventBridge]) client.destroy();
  });

  describe('to a queue', () => {
    it('sends many at once, each with its own result, and refuses what breaks a rule', async () => {
      const queue = await newQueue();
      const results = await senderTo(queue).send([
        ...numbers(25).map((index) => ({ body: `m${index}`, attributes: { index: String(index) } })),
        { body: 'bad \u0000 character' },
        { body: 'x'.repeat(1_048_577) },
      ]);
      expect(results.slice(0, 25).every((result) => result.ok && result.value.messageId !== '')).toBe(true);
      expect(results.slice(25)).toMatchObject([
        { ok: false, permanent: true, error: { code: 'LC_INVALID_MESSAGE' } },
        { ok: false, permanent: true, error: { code: 'LC_MESSAGE_TOO_LARGE' } },
      ]);
      const received = await receive(queue.url, 25);
      const seen = received.map(
        ({ Body, MessageAttributes }) => `${Body} ${MessageAttributes?.['index']?.StringValue}`,
      );
      expect(seen.toSorted()).toEqual(
        numbers(25)
          .map((index) => `m${index} ${index}`)
          .toSorted(),
      );
      const ids = results.flatMap((result) => (result.ok ? [result.value.messageId] : []));
      expect(new Set(received.map(({ MessageId }) => MessageId))).toEqual(new Set(ids));
    });

    it('keeps groups of a FIFO queue in order, and takes a deduplication id for what it is', async () => {
      const queue = await newQueue(true);
      const sender = senderTo(queue);
      const results = await sender.send([
        ...numbers(12).map((index) => ({ body: `${index}`, groupId: `g${index % 3}` })),
        { body: 'once', groupId: 'g9', deduplicationId: 'the-one' },
        { body: 'once', groupId: 'g9', deduplicationId: 'the-one' },
        { body: 'without a group' },
      ]);
      expect(results.slice(0, 14).every(({ ok }) => ok)).toBe(true);
      expect(results[14]).toMatchObject({ ok: false, permanent: true, error: { code: 'LC_INVALID_MESSAGE' } });
      const received = await receive(queue.url, 13);
      const ofGroup = (group: string) =>
        received.filter(({ Attributes }) => Attributes?.['MessageGroupId'] === group).map(({ Body }) => Body);
      expect(ofGroup('g0')).toEqual(['0', '3', '6', '9']);
      expect(ofGroup('g1')).toEqual(['1', '4', '7', '10']);
      expect(ofGroup('g2')).toEqual(['2', '5', '8', '11']);
      expect(ofGroup('g9')).toEqual(['once']);
    });

    it('neither duplicates nor reorders a group when replies are lost', async () => {
      const queue = await newQueue(true);
      const proxy = new UnreliableProxy(aws().endpoint);
      let requests = 0;
      proxy.loses = () => ++requests % 4 !== 0;
      const unreliable = new AwsClients({ ...configuration(), endpoint: await proxy.start() });
      const sender = new SqsEntrySender({ api: unreliable.sqs(), queue: queue.name, url: queue.url });
      try {
        const results = await sender.send(numbers(6).map((index) => ({ body: `${index}`, groupId: `g${index % 2}` })));
        expect(results.every(({ ok }) => ok)).toBe(true);
      } finally {
        await sender.close();
        unreliable.close();
        await proxy.stop();
      }
      // One more than there should be, so that a duplicate would be seen.
      const received = await receive(queue.url, 7, 3_000);
      const bodies = received.map(({ Body }) => Number(Body));
      expect(bodies.filter((index) => index % 2 === 0)).toEqual([0, 2, 4]);
      expect(bodies.filter((index) => index % 2 === 1)).toEqual([1, 3, 5]);
      expect(requests).toBeGreaterThan(6);
    });

    it('fills calls by bytes', async () => {
      const queue = await newQueue();
      // MiniStack takes 256 KiB.
      const results = await senderTo(queue).send(numbers(6).map(() => ({ body: 'x'.repeat(200_000) })));
      expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true]);
    });

    it('says that there is no such queue', async () => {
      const { url } = await newQueue();
      const [result] = await senderTo({ name: 'missing', url: url.replace('publishing', 'missing') }).send([
        { body: '1' },
      ]);
      expect(result).toMatchObject({
        ok: false,
        permanent: true,
        error: { code: 'LC_UNKNOWN_QUEUE', queue: 'missing' },
      });
    });
  });

  describe('to a topic', () => {
    const subscribe = async (TopicArn: string, Endpoint: string) => {
      const Attributes = { RawMessageDelivery: 'true' };
      await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint, Attributes });
    };

    it('publishes many at once, each with its own result', async () => {
      const [queue, topic] = [await newQueue(), await newTopic()];
      await subscribe(topic, queue.arn);
      const results = await newPublisher().publish(topic, [
        ...numbers(12).map((index) => ({ message: `m${index}`, attributes: { kind: 'price' } })),
        { message: 'x'.repeat(262_145) },
        { message: 'two\nlines', subject: 'two\nlines' },
      ]);
      expect(results.slice(0, 12).every((result) => result.ok && result.value.messageId !== '')).toBe(true);
      expect(results.slice(12)).toMatchObject([
        { ok: false, permanent: true, error: { code: 'LC_MESSAGE_TOO_LARGE', limit: 262_144 } },
        { ok: false, permanent: true, error: { code: 'LC_INVALID_MESSAGE' } },
      ]);
      const received = await receive(queue.url, 12);
      expect(received.map(({ Body }) => Body).toSorted()).toEqual(
        numbers(12)
          .map((index) => `m${index}`)
          .toSorted(),
      );
      expect(received[0]?.MessageAttributes?.['kind']?.StringValue).toBe('price');
    });

    it('keeps groups of a FIFO topic in order', async () => {
      const [queue, topic] = [await newQueue(true), await newTopic(true)];
      await subscribe(topic, queue.arn);
      const results = await newPublisher().publish(
        topic,
        numbers(8).map((index) => ({ message: `${index}`, groupId: `g${index % 2}` })),
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      const received = await receive(queue.url, 8);
      const ofGroup = (group: string) =>
        received.filter(({ Attributes }) => Attributes?.['MessageGroupId'] === group).map(({ Body }) => Body);
      expect(ofGroup('g0')).toEqual(['0', '2', '4', '6']);
      expect(ofGroup('g1')).toEqual(['1', '3', '5', '7']);
    });

    it('says that there is no such topic', async () => {
      const arn = (await newTopic()).replace('prices', 'missing');
      const [result] = await newPublisher().publish(arn, [{ message: '1' }]);
      expect(result).toMatchObject({ ok: false, permanent: true, error: { code: 'LC_UNKNOWN_TOPIC', topic: arn } });
    });
  });

  describe('to a bus', () => {
    it('puts many events at once, each with its own result, and refuses what would be dropped', async () => {
      const [queue, bus] = [await newQueue(), unique('shop')];
      await eventBridge.createEventBus({ Name: bus });
      const Name = unique('rule');
      await eventBridge.putRule({
        Name,
        EventBusName: bus,
        EventPattern: JSON.stringify({ 'detail-type': ['order.placed'] }),
      });
      await eventBridge.putTargets({ Rule: Name, EventBusName: bus, Targets: [{ Id: 'queue', Arn: queue.arn }] });
      const event = (detail: unknown) => ({
        source: 'order',
        detailType: 'order.placed',
        detail: encodeDetail('order.placed', detail),
      });
      const results = await newEventPublisher().put(bus, [
        ...numbers(12).map((index) => event({ index })),
        { ...event({}), detailType: 'x'.repeat(129) },
        { ...event({}), detail: '[1]' },
        { ...event({}), source: 'aws.order' },
        { ...event({}), detail: '{"n":9223372036854775808}' },
        event({ text: 'x'.repeat(1_000_000) }),
      ]);
      expect(results.slice(0, 12).every((result) => result.ok && result.value.eventId !== '')).toBe(true);
      const invalid = { ok: false, permanent: true, error: { code: 'LC_INVALID_MESSAGE' } };
      const tooLarge = { ok: false, permanent: true, error: { code: 'LC_MESSAGE_TOO_LARGE' } };
      expect(results.slice(12)).toMatchObject([invalid, invalid, invalid, invalid, tooLarge]);
      const received = (await receive(queue.url, 12)).map(({ Body }) => JSON.parse(Body!));
      expect(received.map(({ detail }) => detail.index).toSorted((one, other) => one - other)).toEqual(numbers(12));
      expect(received[0]).toMatchObject({ source: 'order', 'detail-type': 'order.placed' });
    });

    it('says that there is no such bus, where AWS would accept the events and drop them', async () => {
      const [result] = await newEventPublisher().put('no-such-bus', [
        { source: 'order', detailType: 'order.placed', detail: '{}' },
      ]);
      expect(result).toMatchObject({
        ok: false,
        permanent: true,
        error: { code: 'LC_UNKNOWN_EVENT_BUS', bus: 'no-such-bus' },
      });
    });
  });

  it('keeps data in a bucket that is too large for a message', async () => {
    const bucket = unique('claims');
    const s3 = new S3({ ...configuration(), forcePathStyle: true });
    await s3.createBucket({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: aws().region as never },
    });
    s3.destroy();
    const claims = new ClaimCheck(() => clients.s3(), { bucket });
    const envelope = createEnvelope({
      type: 'shop.report.made',
      source: 'order',
      data: { rows: numbers(50_000) },
      now: Date.now(),
    });
    const queue = await newQueue();
    const [result] = await senderTo(queue).send([{ body: await claims.encode(envelope, 100_000) }]);
    expect(result?.ok).toBe(true);
    const [message] = await receive(queue.url, 1);
    expect(message!.Body!.length).toBeLessThan(1_000);
    expect(decodeMessage(await claims.resolve(message!.Body!)).envelope).toEqual(envelope);
    const missing = message!.Body!.replace('.json"', '-2.json"');
    await expect(claims.resolve(missing)).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
  });
});
