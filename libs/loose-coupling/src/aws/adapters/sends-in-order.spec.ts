import type { MessageTransport, QueueEntry } from '../../messaging/index.js';
import type { EntrySender } from '../publishing/entry-sender.js';
import { SqsMessageQueue, type SqsMessageQueueOptions } from '../sqs/sqs-message-queue.js';
import type { AwsConnection } from '../transport/aws-connection.js';
import { AwsSqsAdapter } from './aws-sqs.adapter.js';

/** An adapter whose queue is made, and looked up, when the test says so; `sent` is what has reached the sender, in order. */
function setUp() {
  const sent: string[] = [];
  const steps = { made: () => undefined as void, found: () => undefined as void };
  const made = new Promise<void>((resolve) => (steps.made = resolve));
  const found = new Promise<string>((resolve) => (steps.found = () => resolve('https://sqs.test/1/work.fifo')));
  const sender: EntrySender = {
    send: (entries: readonly QueueEntry[]) => {
      sent.push(...entries.map(({ body }) => body));
      return Promise.resolve(entries.map(() => ({ ok: true, value: { messageId: 'm' } }) as const));
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const queue = new SqsMessageQueue({
    name: 'work.fifo',
    fifo: true,
    api: {} as SqsMessageQueueOptions['api'],
    urls: { find: () => found, forget: () => undefined } as unknown as SqsMessageQueueOptions['urls'],
    openReceiver: () => {
      throw new Error('Nothing is received.');
    },
    openSender: () => sender,
  });
  const connection = { queue: () => queue } as unknown as AwsConnection;
  const transport = { provision: () => made } as unknown as MessageTransport;
  return { adapter: new AwsSqsAdapter(() => connection, transport), sent, ...steps };
}

describe('messages for a queue that is new', () => {
  it.each(['one by one', 'one by one, and in batches'])('go in the order they were given, %s', async (how) => {
    const { adapter, sent, made, found } = setUp();
    const given: string[] = [];
    const results: Promise<unknown>[] = [];
    const give = () => {
      const body = String(given.length);
      given.push(body);
      const isBatch = how !== 'one by one' && given.length % 3 === 0;
      results.push(
        isBatch
          ? adapter.sendBatch('work.fifo', [{ body, groupId: 'g' }])
          : adapter.send('work.fifo', body, { groupId: 'g' }),
      );
    };
    // One in each turn of the queue of microtasks, while the queue is made, and looked up, and afterwards.
    const giveInTurns = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) {
        give();
        give();
        await Promise.resolve();
      }
    };
    await giveInTurns(5);
    const beside = giveInTurns(30);
    made();
    await giveInTurns(10);
    found();
    await Promise.all([giveInTurns(20), beside]);
    await Promise.all(results);

    expect(sent).toEqual(given);
  });
});
