import { AsyncLocalStorage } from 'node:async_hooks';
import { deferred, settledWithin } from '../scenario.mjs';

export const bulkhead = [
  {
    id: 'cockatiel-1',
    title: 'Queued work runs in the async context of another caller',
    async run({ bulkhead }) {
      const request = new AsyncLocalStorage();
      const limiter = bulkhead(1, 3);
      const gate = deferred();
      const calls = ['A', 'B', 'C', 'D'].map((caller) =>
        request.run(caller, () =>
          limiter.execute(async () => {
            const ranAs = request.getStore();
            if (caller === 'A') await gate.promise;
            return `${caller} as ${ranAs}`;
          }),
        ),
      );
      gate.resolve();
      const ran = await Promise.all(calls);
      return { defective: ran.includes('B as A'), seen: `ran ${ran.join(', ')}` };
    },
  },
  {
    id: 'cockatiel-2',
    title: 'A call that was accepted into the queue is rejected later',
    async run({ bulkhead }) {
      const limiter = bulkhead(1, 1);
      const first = deferred();
      const running = limiter.execute(() => first.promise);
      const queued = limiter.execute(async () => 'ran');
      // These arrive after the slot is free and before the queued call has taken it.
      const barging = first.promise.then(() => [limiter.execute(() => deferred().promise), limiter.execute(fine)]);
      first.resolve();
      await Promise.all([running, barging]);
      const { error } = await settledWithin(queued, 50);
      return { defective: error !== undefined, seen: `the call first in the queue: ${error?.message}` };
    },
  },
  {
    id: 'cockatiel-3',
    title: 'An aborted call stays in the queue until a slot is free',
    async run({ bulkhead }) {
      const limiter = bulkhead(1, 1);
      void limiter.execute(() => deferred().promise);
      const caller = new AbortController();
      const queued = limiter.execute(fine, caller.signal);
      caller.abort();
      const { pending } = await settledWithin(queued, 100);
      return {
        defective: pending === true && limiter.queueSlots === 0,
        seen: `100 ms after the abort: ${pending ? 'still waiting' : 'ended'}, ${1 - limiter.queueSlots} of 1 places taken`,
      };
    },
  },
];

const fine = async () => 'fine';
