import * as fc from 'fast-check';
import type { EntryResult, MessageTransport, OutgoingEvent } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { event, message } from '../testing/event-store-under-test.js';
import { OutboxRelay } from './outbox-relay.js';
import type { OutboxStorage } from './outbox-storage.js';

/** What befalls one call that the relay awaits: before its effect, after it, or the process dies there. */
type Fault = 'none' | 'throw before' | 'throw after' | 'die before' | 'die after' | 'refuse some';

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constantFrom<Fault>('throw before', 'throw after', 'die before', 'die after') },
  { weight: 1, arbitrary: fc.constant('refuse some' as const) },
);
const never = (): Promise<never> => new Promise(() => undefined);

/** Every call of a relay, to storage or transport, takes the next fault of the plan. */
class Faults {
  died = false;
  private calls = 0;

  constructor(private readonly plan: readonly Fault[]) {}

  next(): Fault {
    return this.plan[this.calls++] ?? 'none';
  }

  async around<Result>(fault: Fault, effect: () => Promise<Result>): Promise<Result> {
    if (this.died) return never();
    if (fault === 'throw before') throw new Error('refused');
    if (fault === 'die before') return this.die();
    const result = await effect();
    if (fault === 'throw after') throw new Error('reply lost');
    if (fault === 'die after') return this.die();
    return result;
  }

  private die(): Promise<never> {
    this.died = true;
    return never();
  }
}

const faulty = (storage: OutboxStorage, faults: Faults): OutboxStorage =>
  new Proxy(storage, {
    get(target, key: keyof OutboxStorage) {
      const method = (target[key] as (...args: unknown[]) => Promise<unknown>).bind(target);
      if (key === 'listen') return method;
      return (...args: unknown[]) => faults.around(faults.next(), () => method(...args));
    },
  });

/** Remembers per stream what arrived, each as `number`. */
class Receiver {
  readonly arrived = new Map<string, number[]>();

  transportFor(faults: Faults): MessageTransport {
    const publish = (events: readonly OutgoingEvent[]): Promise<EntryResult[]> => {
      const current = faults.next();
      return faults.around(current, async () =>
        events.map(({ envelope }, index) => {
          if (current === 'refuse some' && index % 2 === 0) {
            return { ok: false, error: new Error('busy'), permanent: false } as const;
          }
          const { stream, number } = envelope.data as { stream: string; number: number };
          this.arrived.set(stream, [...(this.arrived.get(stream) ?? []), number]);
          return { ok: true, value: undefined } as const;
        }),
      );
    };
    return { publish, provision: async () => undefined } as unknown as MessageTransport;
  }
}

describe('an outbox relay that fails or dies at any await', () => {
  it('loses nothing, and nothing is first seen out of its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fault, { maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 25 }),
        async (lives, streams) => {
          const clock = new FakeClock();
          const store = new MemoryEventStore({ clock });
          const receiver = new Receiver();
          const counts = new Map<string, number>();
          const commit = async (stream: string) => {
            const number = (counts.get(stream) ?? 0) + 1;
            counts.set(stream, number);
            const outgoing = message(`${stream}${number}`);
            const envelope = { ...outgoing.envelope, data: { stream, number } };
            await store.appendToStream(stream, [event('x')], { messages: [{ ...outgoing, envelope }] });
          };
          const start = (plan: readonly Fault[]) => {
            const faults = new Faults(plan);
            const relay = new OutboxRelay({
              storage: faulty(store.outbox, faults),
              transport: receiver.transportFor(faults),
              clock,
              options: { batchSize: 3, leaseDuration: 1000 },
            });
            relay.start();
            return relay;
          };
          const each = Math.ceil(streams.length / lives.length);
          for (const [life, plan] of lives.entries()) {
            const mine = streams.slice(life * each, (life + 1) * each);
            // Some commits pile up before the relay starts, some come one by one.
            for (const stream of mine.slice(each / 2)) await commit(stream);
            start(plan);
            for (const stream of mine.slice(0, each / 2)) {
              await commit(stream);
              await clock.advance(20);
            }
            await clock.advance(500);
          }
          const last = start([]);
          await clock.advance(120_000);
          expect(await store.outbox.countPending()).toBe(0);
          for (const [stream, count] of counts) {
            const firsts = [...new Set(receiver.arrived.get(stream))];
            expect(firsts).toEqual(Array.from({ length: count }, (_, index) => index + 1));
          }
          await last.stop();
        },
      ),
      { seed: 42, numRuns: process.env['SOAK'] ? 5000 : 100 },
    );
  }, 600_000);
});
