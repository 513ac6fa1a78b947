import * as fc from 'fast-check';
import type { ReceivedMessage } from '../core/message-queue.js';
import { ACKNOWLEDGE } from '../core/outcome.js';
import { bodies, ConsumerFixture } from './testing/consumer-fixture.js';

/** A consumer that notes when its handlers start, and how often the message had been handed out by then. */
function throttled(rateLimit: { limit: number; interval: number }, settings = {}) {
  const starts: { readonly at: number; readonly receiveCount: number }[] = [];
  const fixture: ConsumerFixture = new ConsumerFixture({
    settings: { rateLimit, ...settings },
    handle: ({ receiveCount }: ReceivedMessage) => {
      starts.push({ at: fixture.clock.monotonic(), receiveCount });
      return Promise.resolve(ACKNOWLEDGE);
    },
  });
  return { fixture, starts };
}

/** The most starts that any stretch of `interval` has. */
const mostIn = (starts: readonly { readonly at: number }[], interval: number) =>
  Math.max(0, ...starts.map(({ at }) => starts.filter((each) => each.at >= at && each.at < at + interval).length));

describe('a rate limit', () => {
  it('leaves in the queue what may not be handled yet, and asks for it when it may', async () => {
    const { fixture, starts } = throttled({ limit: 3, interval: 1_000 });
    await fixture.start(...bodies(8));
    await fixture.advance(999);
    expect(starts).toHaveLength(3);
    expect(fixture.consumer.inFlight).toBe(0);
    expect(fixture.queue.messages.map(({ receiveCount }) => receiveCount)).toEqual([0, 0, 0, 0, 0]);
    await fixture.advance(1);
    expect(starts).toHaveLength(6);
    await fixture.advance(1_000);
    expect(starts).toHaveLength(8);
    // Between them nobody asked: one receive for each interval, and one that waits for what comes.
    expect(fixture.queue.callsOf('receive').length).toBeLessThanOrEqual(4);
    await fixture.stop();
  });

  it('does not count as a stuck receiver, and ends at once when it is told to stop', async () => {
    const { fixture, starts } = throttled({ limit: 1, interval: 3_600_000 });
    await fixture.start('m1', 'm2');
    await fixture.advance(3_000_000);
    expect(fixture.consumer.pollAge).toBeUndefined();
    expect(fixture.errors).toEqual([]);
    await fixture.stop();
    expect(starts).toHaveLength(1);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('holds in any stretch of time, whatever comes when, and handles everything', async () => {
    const arrivals = fc.array(fc.record({ after: fc.nat(700), count: fc.integer({ min: 1, max: 12 }) }), {
      maxLength: 8,
    });
    const limits = fc.record({ limit: fc.integer({ min: 1, max: 7 }), interval: fc.integer({ min: 1, max: 1_000 }) });
    await fc.assert(
      fc.asyncProperty(arrivals, limits, fc.integer({ min: 1, max: 20 }), async (batches, rateLimit, concurrency) => {
        const { fixture, starts } = throttled(rateLimit, { concurrency });
        let sent = 0;
        await fixture.start();
        for (const { after, count } of batches) {
          await fixture.advance(after);
          fixture.queue.put(...bodies(count, `b${sent}-`));
          sent += count;
          await fixture.settle();
        }
        // A jump of the clock passes over what takes several turns of the event loop, so there are more than it takes.
        for (let each = 0; each < 10 + 3 * sent; each++) await fixture.advance(rateLimit.interval);
        expect(starts).toHaveLength(sent);
        expect(mostIn(starts, rateLimit.interval)).toBeLessThanOrEqual(rateLimit.limit);
        expect(starts.every(({ receiveCount }) => receiveCount === 1)).toBe(true);
        await fixture.stop();
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 2_000 : 60 },
    );
  });
});
