import { createEnvelope, type OutgoingEvent } from '../../messaging/index.js';
import { AwsCallError } from '../errors/aws-call.error.js';
import { SnsPublisher } from '../sns/sns-publisher.js';
import { QueueUrls } from '../sqs/queue-urls.js';
import { SqsEntrySender } from '../publishing/sqs-entry-sender.js';
import { AwsTopology } from '../topology/aws-topology.js';
import { AwsTransport } from './aws-transport.js';

const event = (id: string, delay = 0): OutgoingEvent => ({
  topic: 'placed',
  fifo: false,
  envelope: createEnvelope({ id, type: 'placed', source: 'test', data: {}, now: 0 }),
  ...(delay > 0 && { delay }),
});
const sent = { ok: true, value: { messageId: 'm' } } as const;

/** A transport that cannot make, or cannot find, the queue of what waits for its time. */
function open(fault: Error) {
  jest.spyOn(AwsTopology.prototype, 'topicArn').mockResolvedValue('arn:aws:sns:eu-west-1:1:placed');
  jest.spyOn(AwsTopology.prototype, 'provision').mockRejectedValue(fault);
  jest.spyOn(QueueUrls.prototype, 'find').mockResolvedValue('http://127.0.0.1/1/q.fifo');
  jest.spyOn(SnsPublisher.prototype, 'publish').mockImplementation(async (_, all) => all.map(() => sent));
  jest.spyOn(SqsEntrySender.prototype, 'send').mockImplementation(async (all) => all.map(() => sent));
  return new AwsTransport({
    type: 'aws',
    service: 'test',
    aws: { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } },
  });
}

describe('messages for later that cannot be put aside', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['no answer', new Error('ECONNRESET'), false],
    ['no answer, which was said by a queue', new AwsCallError('Looking up', false, new Error('ECONNRESET')), false],
    ['no permission', Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' }), true],
    ['no credentials', new AwsCallError('Looking up', true, new Error('no')), true],
  ])('fail alone, and others of their call are accepted: %s', async (_, error, permanent) => {
    const transport = open(error);
    const failed = { ok: false, error, permanent };
    expect(await transport.publish([event('1', 5_000), event('2')])).toEqual([failed, { ok: true, value: undefined }]);
    const entry = { body: '{}', groupId: 'g', deduplicationId: 'd' };
    const queue = transport.queue('q.fifo');
    expect(await queue.send([{ ...entry, delay: 5_000 }, entry])).toEqual([failed, sent]);
    await transport.close();
  });
});
