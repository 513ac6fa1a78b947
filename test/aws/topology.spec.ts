import { randomUUID } from 'node:crypto';
import { SystemClock } from '../../libs/loose-coupling/src/kernel/index.js';
import type { Topology } from '../../libs/loose-coupling/src/messaging/index.js';
import { AwsClients } from '../../libs/loose-coupling/src/aws/clients/aws-clients.js';
import { AwsTopology } from '../../libs/loose-coupling/src/aws/topology/aws-topology.js';
import { ResourceNames } from '../../libs/loose-coupling/src/aws/topology/resource-names.js';
import { LAST_ACTIVE } from '../../libs/loose-coupling/src/aws/topology/reply-queue-keeper.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

type Mode = 'create' | 'validate' | 'none';

const queue = (name: string, maxReceiveCount = 8): Topology['queues'] => {
  const fifo = name.endsWith('.fifo');
  const deadLetterQueue = fifo ? name.replace('.fifo', '-dlq.fifo') : `${name}-dlq`;
  return [
    { name, fifo, visibilityTimeout: 30_000, maxReceiveCount, deadLetterQueue },
    { name: deadLetterQueue, fifo, visibilityTimeout: 30_000, maxReceiveCount },
  ];
};

const TOPOLOGY: Topology = {
  queues: [...queue('stock'), ...queue('ledger.fifo')],
  topics: [
    { name: 'shop.order.placed', fifo: false },
    { name: 'shop.order.paid', fifo: true },
    { name: 'shop.only.published', fifo: false },
  ],
  subscriptions: [
    { topic: 'shop.order.placed', queue: 'stock', filter: { total: [{ numeric: ['>', 0] }] } },
    { topic: 'shop.order.paid', queue: 'ledger.fifo' },
  ],
};

describeOnAws('a topology', (aws) => {
  let clients: AwsClients;
  let prefix: string;
  const topologies: AwsTopology[] = [];
  const open = (mode: Mode, eventBus?: string, kmsKeyId?: string) => {
    const names = new ResourceNames(prefix);
    const settings = {
      service: 'shop',
      names,
      clients,
      clock: new SystemClock(),
      claims: false,
      ...(eventBus && { eventBus }),
      ...(kmsKeyId && { kmsKeyId }),
    };
    const topology = new AwsTopology(settings, mode);
    topologies.push(topology);
    return topology;
  };
  const attributesOf = async (name: string) => {
    const { QueueUrl } = await clients.sqs().getQueueUrl({ QueueName: `${prefix}-${name}` });
    const { Attributes = {} } = await clients.sqs().getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    return Attributes;
  };

  beforeEach(() => {
    prefix = `t${randomUUID().slice(0, 8)}`;
    const { endpoint, region, credentials } = aws();
    clients = new AwsClients({ endpoint, region, credentials });
  });
  afterEach(() => {
    for (const topology of topologies.splice(0)) topology.close();
    clients.close();
  });

  it.each([undefined, 'shop'])('is made once, however often it is asked for, with bus %p', async (eventBus) => {
    await Promise.all([open('create', eventBus).provision(TOPOLOGY), open('create', eventBus).provision(TOPOLOGY)]);
    await open('create', eventBus).provision(TOPOLOGY);
    await open('validate', eventBus).provision(TOPOLOGY);
    expect(await open('none').listQueues()).toEqual(['ledger-dlq.fifo', 'ledger.fifo', 'stock', 'stock-dlq']);
    const { RedrivePolicy, VisibilityTimeout, Policy } = await attributesOf('stock');
    expect(VisibilityTimeout).toBe('30');
    expect(JSON.parse(RedrivePolicy ?? '{}')).toMatchObject({ maxReceiveCount: 8 });
    expect(Policy).toContain(eventBus ? 'events.amazonaws.com' : 'sns.amazonaws.com');
    expect((await attributesOf('stock-dlq')).MessageRetentionPeriod).toBe(String(14 * 86_400));
  });

  it('keeps what a receiver asked for when a sender knows less, and widens what is too narrow', async () => {
    await open('create').provision({ queues: queue('stock', 20), topics: [], subscriptions: [] });
    await open('create').provision({ queues: queue('stock', 5), topics: [], subscriptions: [] });
    expect(JSON.parse((await attributesOf('stock')).RedrivePolicy ?? '{}')).toMatchObject({ maxReceiveCount: 20 });
    await open('create').provision({ queues: queue('stock', 30), topics: [], subscriptions: [] });
    expect(JSON.parse((await attributesOf('stock')).RedrivePolicy ?? '{}')).toMatchObject({ maxReceiveCount: 30 });
  });

  it('brings a filter that has changed up to date', async () => {
    await open('create').provision(TOPOLOGY);
    const changed = { ...TOPOLOGY, subscriptions: [{ topic: 'shop.order.placed', queue: 'stock' }] };
    await expect(open('validate').provision(TOPOLOGY)).resolves.toBeUndefined();
    const other = {
      ...TOPOLOGY,
      subscriptions: [{ topic: 'shop.order.placed', queue: 'stock', filter: { total: [1, 2] } }],
    };
    await expect(open('validate').provision(other)).rejects.toMatchObject({ code: 'LC_TOPOLOGY_MISMATCH' });
    await open('create').provision(other);
    await open('validate').provision(other);
    await open('create').provision(changed);
  });

  it('is encrypted by the key that is named: queues, their dead-letter queues, and topics', async () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/0190a1b2-c3d4-4e5f-8a9b-000000000001';
    const topology = open('create', undefined, key);
    await topology.provision(TOPOLOGY);
    for (const name of ['stock', 'stock-dlq', 'ledger.fifo', 'ledger-dlq.fifo']) {
      expect(await attributesOf(name)).toMatchObject({ KmsMasterKeyId: key });
    }
    for (const { name, fifo } of TOPOLOGY.topics) {
      const TopicArn = await topology.topicArn(name, fifo);
      const { Attributes } = await clients.sns().getTopicAttributes({ TopicArn });
      expect(Attributes).toMatchObject({ KmsMasterKeyId: key });
    }
  });

  it('is checked without being changed, every fault listed at once', async () => {
    await open('create').provision({ queues: queue('stock', 2), topics: [], subscriptions: [] });
    const checked = open('validate').provision(TOPOLOGY);
    await expect(checked).rejects.toMatchObject({
      faults: [
        expect.stringContaining('maxReceiveCount is 2'),
        expect.stringContaining('ledger.fifo: is missing'),
        expect.stringContaining('ledger-dlq.fifo: is missing'),
        expect.stringContaining('shop-order-placed: is missing'),
        expect.stringContaining('shop-only-published: is missing'),
      ],
    });
    expect(await open('none').listQueues()).toEqual(['stock', 'stock-dlq']);
  });

  it('is not looked at with provision none', async () => {
    await open('none').provision(TOPOLOGY);
    expect(await open('none').listQueues()).toEqual([]);
    expect(await open('none').topicArn('shop.order.placed', false)).toBeUndefined();
  });

  it('finds topics that others have made', async () => {
    await open('create').provision(TOPOLOGY);
    expect(await open('none').topicArn('shop.order.paid', true)).toMatch(`:${prefix}-shop-order-paid.fifo`);
  });

  it('loses a queue with what sends to it, and makes it again when asked', async () => {
    const topology = open('create');
    await topology.provision(TOPOLOGY);
    await topology.deleteQueue('stock');
    await topology.deleteQueue('stock');
    expect(await topology.listQueues()).not.toContain('stock');
    const arn = await topology.topicArn('shop.order.placed', false);
    const { Subscriptions } = await clients.sns().listSubscriptionsByTopic({ TopicArn: arn });
    expect(Subscriptions).toEqual([]);
  });

  it('removes reply queues whose owners died, and no others', async () => {
    const reply = (id: string) => `shop-replies-0190a1b2-c3d4-7e5f-8a9b-${id.padStart(12, '0')}`;
    const topology = open('none');
    await topology.openReplyQueue(reply('1'), 30_000);
    const { QueueUrl: orphan = '' } = await clients.sqs().createQueue({
      QueueName: `${prefix}-${reply('2')}`,
      tags: { [LAST_ACTIVE]: String(Date.now() - 2 * 3_600_000) },
    });
    const { QueueUrl: stranger = '' } = await clients.sqs().createQueue({ QueueName: `${prefix}-${reply('3')}` });
    await topology.openReplyQueue(reply('4'), 30_000);
    const deadline = Date.now() + 10_000;
    let left: string[] = [];
    do left = await topology.listQueues();
    while (left.includes(reply('2')) && Date.now() < deadline);
    expect(left).toEqual([reply('1'), reply('3'), reply('4')]);
    expect(stranger).not.toBe(orphan);
  });
});
