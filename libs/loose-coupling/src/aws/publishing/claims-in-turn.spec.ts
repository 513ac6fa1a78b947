import { MessageTooLargeError, type QueueEntry } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { SqsApi } from '../clients/aws-apis.js';
import { QueueUrls } from '../sqs/queue-urls.js';
import { SqsMessageQueue } from '../sqs/sqs-message-queue.js';
import { ResourceNames } from '../topology/resource-names.js';
import { ClaimCheck } from '../s3/claim-check.js';

const event = (id: string, data: string): QueueEntry => ({
  body: JSON.stringify({ specversion: '1.0', id, source: 'test', type: 'test', data }),
  groupId: 'g',
  deduplicationId: id,
});

/** A bucket that takes its time, and at last fails one. */
function open(maxBytes?: number, clock?: FakeClock) {
  const sent: string[] = [];
  const uploads: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const putObject = () =>
    new Promise<never>((resolve, reject) => uploads.push({ resolve: () => resolve(undefined as never), reject }));
  const api = { getQueueUrl: async () => ({ $metadata: {}, QueueUrl: 'http://x/q.fifo' }) } as unknown as SqsApi;
  const queue = new SqsMessageQueue({
    name: 'q.fifo',
    fifo: true,
    api,
    urls: new QueueUrls(api, new ResourceNames(undefined)),
    claimCheck: new ClaimCheck(
      () => ({ putObject, getObject: putObject }),
      { bucket: 'b', threshold: 200, ...(maxBytes !== undefined && { maxBytes }) },
      clock,
    ),
    openReceiver: () => ({ receive: async () => [], close: async () => undefined }),
    openSender: () => ({
      send: async (entries) => {
        sent.push(...entries.map(({ deduplicationId = '' }) => deduplicationId));
        return entries.map(() => ({ ok: true, value: { messageId: 'm' } }));
      },
      flush: async () => undefined,
      close: async () => undefined,
    }),
  });
  return { queue, sent, uploads };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('messages of a FIFO queue whose data goes to a bucket', () => {
  it('are not overtaken by those that were sent after them', async () => {
    const { queue, sent, uploads } = open();
    const all = [
      queue.send([event('1', 'x'.repeat(500))]),
      queue.send([event('2', 'small')]),
      queue.send([event('3', 'y'.repeat(500))]),
    ];
    while (uploads.length < 2) await turn();
    uploads[1]?.resolve();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(sent).toEqual([]);
    uploads[0]?.resolve();
    await Promise.all(all);
    expect(sent).toEqual(['1', '2', '3']);
  });

  it('hold up no other group', async () => {
    const { queue, sent, uploads } = open();
    const waiting = queue.send([event('1', 'x'.repeat(500))]);
    await queue.send([{ ...event('2', 'small'), groupId: 'other' }]);
    expect(sent).toEqual(['2']);
    uploads[0]?.resolve();
    await waiting;
    expect(sent).toEqual(['2', '1']);
  });

  it('do not hold up others when their data cannot be stored', async () => {
    const { queue, sent, uploads } = open();
    const failing = queue.send([event('1', 'x'.repeat(500))]);
    const next = queue.send([event('2', 'small')]);
    while (uploads.length < 1) await turn();
    uploads[0]?.reject(new Error('no bucket'));
    expect(await failing).toEqual([{ ok: false, error: new Error('no bucket'), permanent: false }]);
    await next;
    expect(sent).toEqual(['2']);
  });

  it('are refused alone when their data is too large, and the rest of their call is sent', async () => {
    const { queue, sent } = open(1_000);
    const results = await queue.send([event('1', 'x'.repeat(2_000)), { ...event('2', 'small'), groupId: 'other' }]);
    expect(results).toEqual([
      { ok: false, error: expect.any(MessageTooLargeError), permanent: true },
      { ok: true, value: { messageId: 'm' } },
    ]);
    expect(sent).toEqual(['2']);
  });

  it('are not overtaken by a later call because another of their own call takes long', async () => {
    const { queue, sent, uploads } = open();
    const first = queue.send([{ ...event('1', 'x'.repeat(500)), groupId: 'other' }, event('2', 'small')]);
    const second = queue.send([event('3', 'small')]);
    await second;
    expect(sent).toEqual(['2', '3']);
    uploads[0]?.resolve();
    await first;
    expect(sent).toEqual(['2', '3', '1']);
  });

  it('are sent before the queue is closed', async () => {
    const { queue, sent, uploads } = open();
    const sending = queue.send([event('1', 'x'.repeat(500))]);
    while (uploads.length < 1) await turn();
    const closed = queue.close().then(() => sent.push('closed'));
    for (let turns = 0; turns < 5; turns += 1) await turn();
    uploads[0]?.resolve();
    await Promise.all([sending, closed]);
    expect(sent).toEqual(['1', 'closed']);
  });

  it('are given up when the bucket does not answer for a minute, so that others of their group go on', async () => {
    const clock = new FakeClock();
    const { queue, sent, uploads } = open(undefined, clock);
    const failing = queue.send([event('1', 'x'.repeat(500))]);
    const next = queue.send([event('2', 'small')]);
    while (uploads.length < 1) await turn();
    await clock.advance(59_999);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(await failing).toMatchObject([{ ok: false, permanent: false, error: { name: 'NoAnswerError' } }]);
    await next;
    expect(sent).toEqual(['2']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('are sent before the queue is closed, also when it was still being looked up', async () => {
    const { queue, sent } = open();
    const sending = queue.send([event('1', 'small')]);
    const closed = queue.close().then(() => sent.push('closed'));
    expect(await sending).toEqual([{ ok: true, value: { messageId: 'm' } }]);
    await closed;
    expect(sent).toEqual(['1', 'closed']);
    expect(await queue.send([event('2', 'small')])).toMatchObject([{ ok: false, error: { code: 'LC_CLOSED' } }]);
    expect(sent).toEqual(['1', 'closed']);
  });

  it('leave no timer behind when there is no client for the bucket', async () => {
    const clock = new FakeClock();
    const missing = () => {
      throw new Error('no @aws-sdk/client-s3');
    };
    const claimCheck = new ClaimCheck(missing, { bucket: 'b' }, clock);
    await expect(claimCheck.store('{}')).rejects.toThrow('no @aws-sdk/client-s3');
    expect(clock.pendingTimers).toBe(0);
  });
});
