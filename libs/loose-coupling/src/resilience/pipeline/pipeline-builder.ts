import { FaultList, SystemClock, type Clock } from '../../kernel/index.js';
import { checkOrder, checkPolicyOptions } from '../options/check-policy-options.js';
import type {
  CacheOptions,
  ChaosOptions,
  FallbackHandler,
  FallbackOptions,
  HedgeOptions,
  PolicyKind,
  PolicyOptions,
  RetryOptions,
} from '../options/policy-options.js';
import type { OptionsOf } from '../parts/live-part.js';
import type { PipelinePlan, PlannedPolicy } from '../parts/pipeline-plan.js';

/** What a pipeline is made of. */
export interface PipelineIngredients {
  readonly plan: PipelinePlan;
  readonly clock: Clock;
  readonly random: () => number;
  readonly chaos: boolean;
}

/**
 * Gathers the policies of a pipeline, each at most once (fallbacks: a chain, in the order they are added). Their order is fixed, whatever the order
 * of these calls, unless `order` says another.
 */
export class PipelineBuilder<P> {
  private readonly policies = new Map<PolicyKind, PolicyOptions[PolicyKind]>();
  private readonly fallbacks: FallbackOptions[] = [];
  private givenOrder: readonly PolicyKind[] | undefined;
  private givenClock: Clock | undefined;
  private givenRandom: (() => number) | undefined;
  private readonly faults: FaultList;

  constructor(
    private readonly name: string,
    private readonly create: (ingredients: PipelineIngredients) => P,
  ) {
    this.faults = new FaultList(`The pipeline "${name}"`);
  }

  /** Answers instead of the work when everything else failed; called with the error. */
  fallback(use: FallbackHandler, options: Pick<FallbackOptions, 'on'> = {}): this {
    this.fallbacks.push({ ...options, use });
    this.policies.set('fallback', this.fallbacks);
    return this;
  }

  /** For calls that are executed with a `key`, which says whose answer it is; others are never answered from memory. */
  cache(options: CacheOptions): this {
    return this.add('cache', options);
  }

  retry(options: RetryOptions = {}): this {
    return this.add('retry', options);
  }

  hedge(options: HedgeOptions = {}): this {
    return this.add('hedge', options);
  }

  circuitBreaker(options: OptionsOf<'circuitBreaker'> = {}): this {
    return this.add('circuitBreaker', options);
  }

  rateLimit(options: OptionsOf<'rateLimit'>): this {
    return this.add('rateLimit', options);
  }

  timeout(options: OptionsOf<'timeout'>): this {
    return this.add('timeout', options);
  }

  bulkhead(options: OptionsOf<'bulkhead'> = {}): this {
    return this.add('bulkhead', options);
  }

  /** In a pipeline of its own, chaos is on by being there. */
  chaos(options: ChaosOptions): this {
    return this.add('chaos', options);
  }

  /** From the outside in; kinds left out keep their usual place. */
  order(order: readonly PolicyKind[]): this {
    this.givenOrder = order;
    return this;
  }

  /** Default: the machine's clock. */
  clock(clock: Clock): this {
    this.givenClock = clock;
    return this;
  }

  /** For jitter and chaos, 0 up to 1. Default: `Math.random`. */
  random(random: () => number): this {
    this.givenRandom = random;
    return this;
  }

  /** @throws {InvalidOptionsError} with every fault of all policies. */
  build(): P {
    for (const [kind, options] of this.policies) checkPolicyOptions(this.faults, kind, kind, options);
    checkOrder(this.faults, 'order', this.givenOrder);
    this.faults.throwIfAny();
    const policies = [...this.policies].map(
      ([kind, options]) => ({ kind, shared: undefined, options, key: undefined }) as PlannedPolicy,
    );
    return this.create({
      plan: { name: this.name, policies, order: this.givenOrder },
      clock: this.givenClock ?? new SystemClock(),
      random: this.givenRandom ?? Math.random,
      chaos: this.policies.has('chaos'),
    });
  }

  private add<K extends PolicyKind>(kind: K, options: OptionsOf<K>): this {
    if (this.policies.has(kind)) this.faults.say(`${kind}: is given twice`);
    this.policies.set(kind, options);
    return this;
  }
}
