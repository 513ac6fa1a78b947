import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { CANONICAL_ORDER, type PolicyKind } from '../options/policy-options.js';
import type { AttemptContext } from './attempt.port.js';
import { compilePipeline } from './compile-pipeline.js';
import type { PolicySet } from './policy-set.port.js';
import { PipelineRig } from './testing/pipeline-rig.js';

/** Calls, over all runs. */
const STEPS = Number(process.env.RESILIENCE_STEPS ?? 30_000);
const CALLS_PER_RUN = 20;
const RUNS = Math.max(5, Math.ceil(STEPS / CALLS_PER_RUN));

interface Call {
  readonly startsAt: number;
  /** How its work ends: after how long, how, and whether it listens to its signal. */
  readonly takes: number;
  readonly ends: 'resolves' | 'rejects' | 'throws' | 'answers synchronously';
  readonly listens: boolean;
  readonly abortsAt: number | undefined;
  /** Makes a call of another pipeline within the work. */
  readonly nests: boolean;
}

interface Plan {
  readonly kinds: readonly PolicyKind[];
  readonly order: readonly PolicyKind[] | undefined;
  readonly limit: number;
  readonly queue: number;
  readonly queueTimeout: number | undefined;
  readonly attemptTimeout: number | undefined;
  readonly totalTimeout: number | undefined;
  readonly shutdownAt: number | undefined;
  readonly faultyPredicate: boolean;
  readonly calls: readonly Call[];
}

const time = (max: number) => fc.integer({ min: 0, max });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const callArbitrary: fc.Arbitrary<Call> = fc.record({
  startsAt: time(60),
  takes: time(80),
  ends: fc.constantFrom('resolves', 'resolves', 'rejects', 'throws', 'answers synchronously'),
  listens: fc.boolean(),
  abortsAt: maybe(time(120)),
  nests: fc.boolean(),
});

const planArbitrary: fc.Arbitrary<Plan> = fc.record({
  kinds: fc.subarray([...CANONICAL_ORDER]),
  order: maybe(fc.shuffledSubarray([...CANONICAL_ORDER], { minLength: CANONICAL_ORDER.length })),
  limit: fc.integer({ min: 1, max: 3 }),
  queue: fc.integer({ min: 0, max: 6 }),
  queueTimeout: maybe(time(40)),
  attemptTimeout: maybe(fc.integer({ min: 1, max: 60 })),
  totalTimeout: maybe(fc.integer({ min: 1, max: 150 })),
  shutdownAt: maybe(time(150)),
  faultyPredicate: fc.boolean(),
  calls: fc.array(callArbitrary, { minLength: 1, maxLength: CALLS_PER_RUN }),
});

const NOTHING = {
  unsettledOrTwice: [],
  held: 0,
  queued: 0,
  aboveTheLimit: false,
  breakerPermits: 0,
  timers: 0,
  shutdownListeners: 0,
  abortListeners: [],
  abortedAfterTheEnd: [],
};

/** One run of a plan on a clock of its own. */
class Run {
  private readonly rig = new PipelineRig();
  private readonly bulkhead = this.rig.bulkhead(this.plan.limit, this.plan.queue, this.plan.queueTimeout);
  private readonly innerBulkhead = this.rig.bulkhead(2, 5);
  private readonly breaker = this.rig.breaker({
    openDuration: 20,
    minimumCalls: 4,
    slidingWindow: { type: 'count', size: 6 },
  });
  private readonly signals: AbortSignal[] = [];
  private readonly settled: number[] = [];
  private readonly endedSignals: { signal: AbortSignal; aborted: boolean }[] = [];
  private running = 0;
  private mostRunning = 0;
  private draws = 0;
  private acquired = 0;
  private released = 0;

  constructor(private readonly plan: Plan) {}

  async go(): Promise<void> {
    const { rig, plan } = this;
    rig.random = () => (this.draws++ * 0.37) % 1;
    this.countPermits();
    const pipeline = compilePipeline(this.policies(), rig, plan.order);
    const nested = compilePipeline({ name: 'inner', retry: rig.retry(2), bulkhead: this.innerBulkhead }, rig);
    for (const [index, call] of plan.calls.entries()) {
      const controller = new AbortController();
      this.signals.push(controller.signal);
      this.settled.push(0);
      if (call.abortsAt !== undefined) rig.clock.setTimer(() => controller.abort(`abort ${index}`), call.abortsAt);
      const work = (context: AttemptContext) => this.work(call, context, () => nested.execute(() => this.wait(5)));
      rig.clock.setTimer(() => {
        const signal = call.abortsAt === undefined ? undefined : controller.signal;
        const count = () => void (this.settled[index] = (this.settled[index] ?? 0) + 1);
        pipeline.execute(work, signal).then(count, count);
      }, call.startsAt);
    }
    if (plan.shutdownAt !== undefined) {
      rig.clock.setTimer(() => rig.shutdown.shutDown(new Error('closing')), plan.shutdownAt);
    }
    await rig.clock.advance(5_000);
    await rig.clock.advance(5_000);
  }

  /** What ought to be empty, false or zero. */
  remains(): Record<string, unknown> {
    const { rig, plan } = this;
    const [own, inner] = [this.bulkhead.machine.snapshot(), this.innerBulkhead.machine.snapshot()];
    return {
      unsettledOrTwice: this.settled.filter((times) => times !== 1),
      held: own.active + inner.active,
      queued: own.queued + inner.queued,
      aboveTheLimit: plan.kinds.includes('bulkhead') && this.limitsTheWork() && this.mostRunning > plan.limit,
      breakerPermits: this.acquired - this.released,
      timers: rig.clock.pendingTimers,
      shutdownListeners: rig.shutdown.size,
      abortListeners: this.signals.flatMap((signal) => getEventListeners(signal, 'abort')),
      abortedAfterTheEnd: this.endedSignals.filter(({ signal, aborted }) => signal.aborted !== aborted),
    };
  }

  /** With retries or a hedge inside of the bulkhead, one permit is for several attempts, and one that timed out still runs. */
  private limitsTheWork(): boolean {
    const { kinds, order = CANONICAL_ORDER } = this.plan;
    const repeats = (['retry', 'hedge'] as const).filter((kind) => kinds.includes(kind));
    return repeats.every((kind) => order.indexOf(kind) < order.indexOf('bulkhead'));
  }

  private policies(): PolicySet {
    const { rig, plan } = this;
    const all: Omit<PolicySet, 'name'> = {
      fallback: [{ name: 'f', use: () => this.wait(3), on: (error) => error === 'down' }],
      cache: { name: 'c', options: { staleOnError: 10 } },
      retry: rig.retry(3, {
        schedule: { delay: () => 7 },
        totalTimeout: plan.totalTimeout,
        isRetryable: (error) => {
          if (plan.faultyPredicate && this.draws++ % 5 === 0) throw new Error('predicate');
          return error !== 'final';
        },
      }),
      hedge: rig.hedge(15, 2),
      circuitBreaker: this.breaker,
      rateLimit: rig.rateLimit(5, 20, 30),
      timeout: rig.timeout(plan.attemptTimeout, plan.totalTimeout),
      bulkhead: this.bulkhead,
      chaos: { name: 'x', options: { rate: 0.2, latency: 9 } },
    };
    return { name: 'p', ...Object.fromEntries(plan.kinds.map((kind) => [kind, all[kind]])) };
  }

  private work(call: Call, context: AttemptContext, nested: () => Promise<unknown>): unknown {
    if (call.ends === 'throws') throw new Error('thrown');
    if (call.ends === 'answers synchronously') return 'at once';
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    const ended = this.finish(call, context, nested).finally(() => {
      this.running -= 1;
      if (call.listens) this.watchEnded(context.signal);
    });
    return ended;
  }

  private async finish(call: Call, context: AttemptContext, nested: () => Promise<unknown>): Promise<unknown> {
    if (call.nests) await nested().catch(() => undefined);
    await (call.listens ? this.wait(call.takes, context.signal) : this.wait(call.takes));
    if (call.ends === 'rejects') throw 'down';
    return 'done';
  }

  /** Aborted or not, it stays what it was when the work had ended and the frame had taken note. */
  private watchEnded(signal: AbortSignal): void {
    setImmediate(() => this.endedSignals.push({ signal, aborted: signal.aborted }));
  }

  private wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.rig.clock.setTimer(resolve, ms);
      const stop = () => {
        timer.cancel();
        reject(signal?.reason);
      };
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop);
    });
  }

  private countPermits(): void {
    const { machine } = this.breaker;
    const tryAcquire = machine.tryAcquire.bind(machine);
    const release = machine.release.bind(machine);
    let depth = 0;
    machine.tryAcquire = (now) => {
      // The machine asks itself again when it becomes half-open.
      depth += 1;
      const permit = tryAcquire(now);
      depth -= 1;
      if (permit !== 0 && depth === 0) this.acquired += 1;
      return permit;
    };
    const renew = machine.renew.bind(machine);
    machine.renew = (permit, now) => {
      depth += 1;
      const renewed = renew(permit, now);
      depth -= 1;
      if (renewed === 0) this.released += 1;
      return renewed;
    };
    machine.release = (permit, outcome, now, startedAt) => {
      this.released += 1;
      release(permit, outcome, now, startedAt);
    };
  }
}

describe('any pipeline, whatever is aborted, cut off, refused or shut down', () => {
  it(`settles every call once and leaves nothing behind (${RUNS} plans)`, async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', onUnhandled);
    await fc.assert(
      fc.asyncProperty(planArbitrary, async (plan) => {
        const run = new Run(plan);
        await run.go();
        expect(run.remains()).toEqual(NOTHING);
      }),
      { seed: 42, numRuns: RUNS },
    );
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  }, 600_000);
});
