import type { Message } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import type { ReceiveOptions } from '../../../messaging/index.js';
import { chooseReceiver } from './choose-receiver.js';
import type { SqsReceiver } from './sqs-receiver.js';
import { ScriptedSqs, turn } from './testing/scripted-sqs.js';

const URL = 'http://127.0.0.1:4566/000000000000/work';
const options = (given: Partial<ReceiveOptions> = {}): ReceiveOptions => ({ max: 10, wait: 20_000, ...given });
const idsOf = (messages: readonly Message[]) => messages.map(({ MessageId }) => MessageId);

describe.each(['sdk', 'ssut'] as const)('the receiver %s', (kind) => {
  let sqs = new ScriptedSqs();
  let receiver: SqsReceiver;
  const open = (fifo = false) => {
    sqs = new ScriptedSqs();
    receiver = chooseReceiver(kind)(sqs, fifo);
  };
  beforeEach(() => open());
  afterEach(() => receiver.close());

  it('asks for what the engine has room for, each time', async () => {
    const first = receiver.receive(URL, options({ max: 3, wait: 1_500, visibilityTimeout: 45_000 }));
    await sqs.answer(['1', '2', '3']);
    expect(idsOf(await first)).toEqual(['1', '2', '3']);
    const second = receiver.receive(URL, options({ max: 200, wait: 0 }));
    await sqs.answer([]);
    expect(await second).toEqual([]);
    const asked = { QueueUrl: URL, MessageAttributeNames: ['All'] };
    expect(sqs.inputs).toEqual([
      expect.objectContaining({ ...asked, MaxNumberOfMessages: 3, WaitTimeSeconds: 2, VisibilityTimeout: 45 }),
      expect.objectContaining({ ...asked, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    ]);
    expect(sqs.inputs.map((input) => input.ReceiveRequestAttemptId)).toEqual([undefined, undefined]);
  });

  it('receives nothing that nobody asked for', async () => {
    const first = receiver.receive(URL, options());
    await sqs.answer(['1']);
    await first;
    for (let turns = 0; turns < 10; turns += 1) await turn();
    expect(sqs.inputs).toHaveLength(1);
  });

  it('has as many receives under way as are asked for', async () => {
    const all = Array.from({ length: 5 }, () => receiver.receive(URL, options()));
    await sqs.until(() => sqs.underWay === 5);
    for (const id of ['1', '2', '3', '4', '5']) await sqs.answer([id]);
    expect((await Promise.all(all)).flatMap(idsOf).toSorted()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('tells the engine of a failure, and makes the next receive when the engine says so', async () => {
    const away = Object.assign(new Error('away'), { name: 'CredentialsProviderError' });
    const failing = receiver.receive(URL, options());
    await sqs.answer(away);
    await expect(failing).rejects.toBe(away);
    const next = receiver.receive(URL, options());
    await sqs.answer(['1']);
    expect(idsOf(await next)).toEqual(['1']);
  });

  it('asks again for what a lost answer of a FIFO queue has hidden, once', async () => {
    open(true);
    for (const answer of [new Error('reset'), ['1'], ['2']]) {
      const receiving = receiver.receive(URL, options()).catch(() => []);
      await sqs.answer(answer);
      await receiving;
    }
    const [lost, again, new_] = sqs.inputs.map((input) => input.ReceiveRequestAttemptId);
    expect(lost).toMatch(/^[\da-f-]{36}$/);
    expect(again).toBe(lost);
    expect(new_).not.toBe(lost);
  });

  it('asks again for what receives of a FIFO queue that were given up have hidden, each once', async () => {
    open(true);
    const aborts = [new AbortController(), new AbortController()];
    const given = aborts.map(({ signal }) => receiver.receive(URL, options({ signal })));
    await sqs.until(() => sqs.underWay === 2);
    for (const abort of aborts) abort.abort();
    expect(await Promise.all(given)).toEqual([[], []]);
    for (const id of ['1', '2', '3']) {
      const receiving = receiver.receive(URL, options());
      await sqs.answer([id]);
      expect(idsOf(await receiving)).toEqual([id]);
    }
    const [first, second, ...later] = sqs.inputs.map((input) => input.ReceiveRequestAttemptId);
    expect(later).toEqual([first, second, expect.stringMatching(/^[\da-f-]{36}$/)]);
    expect(new Set([first, second, ...later]).size).toBe(3);
  });

  it('ends a receive that is given up, and that one only', async () => {
    const abort = new AbortController();
    const given = receiver.receive(URL, options({ signal: abort.signal }));
    const other = receiver.receive(URL, options());
    await sqs.until(() => sqs.underWay === 2);
    abort.abort();
    expect(await given).toEqual([]);
    await sqs.answer(['1']);
    expect(idsOf(await other)).toEqual(['1']);
    expect(await receiver.receive(URL, options({ signal: abort.signal }))).toEqual([]);
    expect(sqs.inputs).toHaveLength(2);
  });

  it('ends all when it closes, and receives no more', async () => {
    const receiving = [receiver.receive(URL, options()), receiver.receive(URL, options())];
    await sqs.until(() => sqs.underWay === 2);
    await receiver.close();
    expect(await Promise.all(receiving)).toEqual([[], []]);
    expect(await receiver.receive(URL, options())).toEqual([]);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(sqs.inputs).toHaveLength(2);
  });

  it('gives each message that came to one receive, whatever fails or is given up meanwhile', async () => {
    const step = fc.constantFrom('receive', 'answer', 'fail', 'abort', 'turn');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        open();
        const aborts: AbortController[] = [];
        const receiving: Promise<readonly Message[]>[] = [];
        const sent: string[] = [];
        for (const each of steps) {
          if (each === 'receive') {
            const abort = new AbortController();
            aborts.push(abort);
            receiving.push(receiver.receive(URL, options({ signal: abort.signal })).catch(() => []));
          } else if (each === 'answer' && sqs.underWay > 0) {
            sent.push(`m${sent.length}`);
            await sqs.answer(sent.slice(-1));
          } else if (each === 'fail' && sqs.underWay > 0) await sqs.answer(new Error('away'));
          else if (each === 'abort') aborts.shift()?.abort();
          else await turn();
        }
        await receiver.close();
        expect((await Promise.all(receiving)).flatMap(idsOf).toSorted()).toEqual(sent.toSorted());
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});
