import * as fc from 'fast-check';
import type { Outcome } from '../outcome.js';
import { AdaptiveLimiter, type AdaptiveLimiterSettings } from './adaptive-limiter.js';
import { Bulkhead } from './bulkhead.js';
import type { ConcurrencyLimiter, Waiter } from './concurrency-limiter.port.js';

const STEPS = Number(process.env['RESILIENCE_STEPS'] ?? (process.env['SOAK'] === '1' ? 4_000_000 : 400_000));
const STEPS_PER_RUN = 250;
const RUNS = {
  seed: 42,
  numRuns: Math.ceil(STEPS / 2 / STEPS_PER_RUN),
  // A mutant need not be explained, only found.
  endOnFailure: process.env['RESILIENCE_STEPS'] !== undefined,
};

const OUTCOMES: readonly Outcome[] = ['success', 'failure', 'ignored'];

/** Cheaper by far than `expect`, a million times. */
function same(came: unknown, expected: unknown, what: string): void {
  if (came !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(came)}`);
}

/** Plays callers against a limiter, and keeps its own books: an array of who waits, and a count of who runs. */
class Callers {
  now = 0;
  running: number[] = [];
  waiting: Waiter[] = [];
  granted = 0;
  private readonly left = new Set<Waiter>();
  private admitted = 0;
  private refused = 0;

  constructor(
    private readonly limiter: ConcurrencyLimiter,
    public maxQueue: number,
  ) {}

  arrive(): void {
    const { limit } = this.limiter.snapshot();
    const mayRun = this.running.length < limit && this.waiting.length === 0;
    same(this.limiter.tryAcquire(), mayRun, 'tryAcquire');
    if (mayRun) return this.begin();
    const waiter: Waiter = {
      grant: () => this.onGrant(waiter),
      previous: undefined,
      next: undefined,
      queued: false,
    };
    const mayWait = this.waiting.length < this.maxQueue;
    same(this.limiter.enqueue(waiter), mayWait, 'enqueue');
    if (mayWait) this.waiting.push(waiter);
    else this.refused += 1;
  }

  giveUp(index: number): void {
    const waiter = this.waiting[index % Math.max(1, this.waiting.length)];
    if (waiter === undefined) return;
    this.waiting = this.waiting.filter((each) => each !== waiter);
    this.left.add(waiter);
    same(this.limiter.remove(waiter), true, 'remove');
    same(this.limiter.remove(waiter), false, 'remove again');
  }

  end(index: number, outcome: Outcome): void {
    const [startedAt] = this.running.splice(index % Math.max(1, this.running.length), 1);
    // Sometimes nothing runs: what is given back then was never taken.
    this.limiter.release(outcome, this.now, startedAt ?? this.now);
  }

  check(): void {
    const { limit, active, queued, totals } = this.limiter.snapshot();
    same(active, this.running.length, 'active');
    same(queued, this.waiting.length, 'queued');
    same(totals.admitted, this.admitted, 'admitted');
    same(totals.refused, this.refused, 'refused');
    if (this.waiting.length > 0 && this.running.length < limit) throw new Error('somebody waits beside a free permit');
  }

  private begin(): void {
    this.admitted += 1;
    this.running.push(this.now);
  }

  private onGrant(waiter: Waiter): void {
    if (this.left.has(waiter)) throw new Error('granted after it had left or been granted');
    if (this.waiting.shift() !== waiter) throw new Error('granted out of turn');
    this.left.add(waiter);
    this.granted += 1;
    this.begin();
    const { active, limit } = this.limiter.snapshot();
    if (active > limit) throw new Error('granted beyond the limit');
  }
}

/** A step: what happens (low digits) and to whom (high digits). */
const steps = fc.uint32Array({ minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN });

function play(callers: Callers, sequence: Uint32Array, reconfigure: (choice: number) => void): void {
  for (const step of sequence) {
    const action = step % 16;
    const choice = step >>> 4;
    if (action < 7) callers.arrive();
    else if (action < 13) callers.end(choice, OUTCOMES[choice % 7] ?? 'success');
    else if (action < 15) callers.giveUp(choice);
    else reconfigure(choice);
    callers.now += choice % 32;
    callers.check();
  }
}

describe('concurrency limiters under random callers', () => {
  it('Bulkhead: active stays within the limit, nobody is lost, granted twice or out of turn', () => {
    let granted = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 8 }),
        steps,
        (limit, maxQueue, sequence) => {
          const bulkhead = new Bulkhead(limit, maxQueue);
          const callers = new Callers(bulkhead, maxQueue);
          play(callers, sequence, (choice) => {
            callers.maxQueue = (choice >>> 3) % 9;
            bulkhead.reconfigure(1 + (choice % 7), callers.maxQueue);
          });
          granted += callers.granted;
        },
      ),
      RUNS,
    );
    expect(granted).toBeGreaterThan(STEPS / 40);
  });

  it('AdaptiveLimiter: the same, and the limit stays within its bounds', () => {
    const settings = fc.record({
      initialLimit: fc.integer({ min: 1, max: 12 }),
      minLimit: fc.integer({ min: 1, max: 4 }),
      maxLimit: fc.integer({ min: 4, max: 10 }),
      tolerance: fc.double({ min: 1, max: 3, noNaN: true }),
      smoothing: fc.double({ min: 0.01, max: 1, noNaN: true }),
      maxQueue: fc.integer({ min: 0, max: 8 }),
    });
    const limits = new Set<number>();
    fc.assert(
      fc.property(settings, steps, (initial, sequence) => {
        let current: AdaptiveLimiterSettings = initial;
        const limiter = new AdaptiveLimiter(current);
        const callers = new Callers(limiter, current.maxQueue);
        const check = callers.check.bind(callers);
        callers.check = () => {
          check();
          const { limit } = limiter.snapshot();
          limits.add(limit);
          if (!Number.isInteger(limit) || limit < current.minLimit || limit > current.maxLimit) {
            throw new Error(`limit ${limit} is out of bounds`);
          }
        };
        play(callers, sequence, (choice) => {
          const minLimit = 1 + (choice % 4);
          current = { ...current, minLimit, maxLimit: minLimit + ((choice >>> 2) % 8), maxQueue: (choice >>> 5) % 9 };
          callers.maxQueue = current.maxQueue;
          limiter.reconfigure(current);
        });
      }),
      RUNS,
    );
    expect(limits.size).toBeGreaterThan(5);
  });
});
