import { SQS } from '@aws-sdk/client-sqs';
import { createEnvelope } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { SqsMessageQueue } from '../sqs/sqs-message-queue.js';
import { AwsTopology } from '../topology/aws-topology.js';
import { AwsTransport } from './aws-transport.js';
import { ScheduledMessages } from './scheduled-messages.js';

const open = () => {
  const transport = new AwsTransport({
    type: 'aws',
    service: 'test',
    aws: {
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:9',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      connections: { other: { region: 'us-east-1' } },
    },
  });
  const adapters = transport.adapters();
  // Each makes its client; the endpoint refuses what is sent.
  transport.queue('one');
  transport.queue('two');
  void adapters.sqs
    .on('other')
    .send('three', 'x')
    .catch(() => undefined);
  return transport;
};

describe('closing AwsTransport', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each<[string, () => jest.SpyInstance]>([
    ['the topology', () => jest.spyOn(AwsTopology.prototype, 'close')],
    ['scheduled messages', () => jest.spyOn(ScheduledMessages.prototype, 'close')],
    ['a queue', () => jest.spyOn(SqsMessageQueue.prototype, 'close')],
    ['a client', () => jest.spyOn(SQS.prototype, 'destroy')],
  ])('lets every socket go when %s cannot be closed, and tells why', async (_, spy) => {
    const transport = open();
    const failure = new Error('broken');
    const destroyed = jest.spyOn(SQS.prototype, 'destroy');
    const queues = jest.spyOn(SqsMessageQueue.prototype, 'close');
    const broken = spy();
    broken.mockImplementationOnce(() => {
      throw failure;
    });
    await expect(transport.close()).rejects.toBe(failure);
    expect(destroyed).toHaveBeenCalledTimes(2);
    expect(queues).toHaveBeenCalledTimes(3);
  });

  it('waits for every queue before it lets the sockets go, also when one fails', async () => {
    const transport = open();
    const log: string[] = [];
    jest.spyOn(SQS.prototype, 'destroy').mockImplementation(() => void log.push('destroyed'));
    jest
      .spyOn(SqsMessageQueue.prototype, 'close')
      .mockRejectedValueOnce(new Error('broken'))
      .mockImplementation(async () => {
        await new Promise(setImmediate);
        log.push('flushed');
      });
    await expect(transport.close()).rejects.toThrow('broken');
    expect(log).toEqual(['flushed', 'flushed', 'destroyed', 'destroyed']);
  });

  it('tells the first failure, with all of them', async () => {
    const transport = open();
    const [first, second] = [new Error('first'), new Error('second')];
    jest.spyOn(ScheduledMessages.prototype, 'close').mockRejectedValueOnce(first);
    jest.spyOn(SqsMessageQueue.prototype, 'close').mockRejectedValueOnce(second);
    await expect(transport.close()).rejects.toMatchObject({ message: 'first', cause: first, errors: [first, second] });
  });

  it('waits two minutes at most for an event whose topic is not found', async () => {
    const clock = new FakeClock();
    jest.spyOn(AwsTopology.prototype, 'topicArn').mockReturnValue(new Promise(() => undefined));
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const aws = { region: 'eu-west-1', endpoint: 'http://127.0.0.1:9', credentials };
    const transport = new AwsTransport({ type: 'aws', service: 'test', aws, clock });
    const envelope = createEnvelope({ id: '1', type: 'placed', source: 'test', data: {}, now: 0 });
    void transport.publish([{ topic: 'placed', fifo: false, envelope }]);
    let closed = false;
    const closing = transport.close().then(() => (closed = true));
    await clock.advance(119_999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });
});
