import type { MessageQueue, ReceivedMessage, VisibilityChange } from '../../messaging/index.js';
import { BatchQueue } from './batch-queue.js';

const message = (receiptHandle: string, groupId?: string): ReceivedMessage => ({
  messageId: receiptHandle,
  receiptHandle,
  body: '',
  attributes: {},
  receiveCount: 1,
  sentAt: 0,
  ...(groupId !== undefined && { groupId }),
});

describe('BatchQueue', () => {
  let returned: VisibilityChange[];
  beforeEach(() => (returned = []));

  const open = (fifo: boolean, messages: readonly ReceivedMessage[]) =>
    new BatchQueue({
      source: { name: fifo ? 'q.fifo' : 'q', fifo } as MessageQueue,
      messages,
      returnTo: async (changes) => void returned.push(...changes),
    });
  const take = async (queue: BatchQueue, max: number) =>
    (await queue.receive({ max, wait: 0 })).map(({ receiptHandle }) => receiptHandle);
  const fail = (queue: BatchQueue, receiptHandle: string) =>
    queue.changeVisibility([{ receiptHandle, timeout: 5_000 }]);

  it('hands every message out once', async () => {
    const queue = open(
      false,
      ['1', '2', '3'].map((each) => message(each)),
    );
    expect(await take(queue, 2)).toEqual(['1', '2']);
    expect(await take(queue, 2)).toEqual(['3']);
    expect(await take(queue, 2)).toEqual([]);
  });

  it('hands out nothing of a group that is in hand', async () => {
    const queue = open(true, [message('a1', 'a'), message('a2', 'a'), message('b1', 'b')]);
    expect(await take(queue, 1)).toEqual(['a1']);
    expect(await take(queue, 5)).toEqual(['b1']);
    const next = queue.receive({ max: 5, wait: 1_000 });
    await queue.delete(['a1']);
    expect(await next).toMatchObject([{ messageId: 'a2' }]);
  });

  it('fails what is behind a failure in its group, and makes it receivable at once', async () => {
    const queue = open(true, [message('a1', 'a'), message('b1', 'b'), message('a2', 'a')]);
    await take(queue, 1);
    await fail(queue, 'a1');
    expect(await take(queue, 5)).toEqual(['b1']);
    expect(queue.failures.map(({ messageId }) => messageId)).toEqual(['a1', 'b1', 'a2']);
    expect(returned).toEqual([
      { receiptHandle: 'a1', timeout: 5_000 },
      { receiptHandle: 'a2', timeout: 0, unhandled: true },
    ]);
  });

  it('is settled when everything is done or failed, at once when there is nothing', async () => {
    await open(false, []).settled;
    const queue = open(false, [message('1'), message('2')]);
    await take(queue, 2);
    let settled = false;
    void queue.settled.then(() => (settled = true));
    await fail(queue, '1');
    expect(settled).toBe(false);
    await queue.delete(['2']);
    await queue.settled;
    expect(queue.failures.map(({ messageId }) => messageId)).toEqual(['1']);
  });

  it('ends a receive that waits when it is aborted', async () => {
    const abort = new AbortController();
    const receive = open(false, []).receive({ max: 1, wait: 1_000, signal: abort.signal });
    abort.abort();
    expect(await receive).toEqual([]);
  });
});
