import { sameOptions } from '../options/same-options.js';
import type { FallbackOptions, PolicyKind } from '../options/policy-options.js';
import type { PipelineEnvironment } from '../pipeline/policy-set.port.js';
import { CircuitKind } from './circuit-kind.js';
import type { CircuitWatchers } from './circuit-watchers.js';
import { LiveBulkhead } from './live-bulkhead.js';
import { LiveCache } from './live-cache.js';
import { LiveCircuitBreaker } from './live-circuit-breaker.js';
import { LiveHedge } from './live-hedge.js';
import { LiveOptions } from './live-options.js';
import type { KeyOf, LivePart, OptionsOf, PartOf } from './live-part.js';
import { LiveRateLimit } from './live-rate-limit.js';
import { LiveRetry } from './live-retry.js';
import { timeoutSettings } from './settings/timeout.settings.js';

function fallbackParts(name: string, options: OptionsOf<'fallback'>): PartOf<'fallback'> {
  const chain = Array.isArray(options) ? (options as readonly FallbackOptions[]) : [options as FallbackOptions];
  return chain.map(({ use, on }) => ({ name, use, on }));
}

interface Held<K extends PolicyKind> {
  readonly live: LivePart<K>;
  options: OptionsOf<K>;
  /** Made once for each key function, so that a part is the same as long as nothing about it has changed. */
  readonly parts: Map<KeyOf, PartOf<K>>;
}

/** What all policies of one registry share. */
export interface LiveEnvironment {
  readonly pipelines: PipelineEnvironment;
  readonly circuits: CircuitWatchers;
}

/** The policies under one name, or those of one method: their state, whoever uses it. */
export class LivePolicies {
  private readonly held = new Map<PolicyKind, Held<PolicyKind>>();

  constructor(
    readonly name: string,
    /** Whether somebody gave the name on purpose. */
    readonly named: boolean,
    private readonly environment: LiveEnvironment,
  ) {}

  /** The part for a method that finds its key with `key`; state that is there is kept, with these options. */
  part<K extends PolicyKind>(kind: K, options: OptionsOf<K>, key: KeyOf): PartOf<K> {
    const held = this.hold(kind, options);
    let part = held.parts.get(key);
    if (part === undefined) held.parts.set(key, (part = held.live.part(key)));
    return part;
  }

  /** The same without a part. */
  configure<K extends PolicyKind>(kind: K, options: OptionsOf<K>): void {
    this.hold(kind, options);
  }

  get kinds(): readonly PolicyKind[] {
    return [...this.held.keys()];
  }

  get circuitBreaker(): LiveCircuitBreaker | undefined {
    return this.held.get('circuitBreaker')?.live as LiveCircuitBreaker | undefined;
  }

  get bulkhead(): LiveBulkhead | undefined {
    return this.held.get('bulkhead')?.live as LiveBulkhead | undefined;
  }

  drop(kind: PolicyKind): void {
    if (kind === 'circuitBreaker') this.circuitBreaker?.forget();
    this.held.delete(kind);
  }

  private hold<K extends PolicyKind>(kind: K, options: OptionsOf<K>): Held<K> {
    const known = this.held.get(kind) as Held<K> | undefined;
    if (known === undefined) {
      const held: Held<K> = { live: this.create(kind, options), options, parts: new Map() };
      this.held.set(kind, held as unknown as Held<PolicyKind>);
      return held;
    }
    if (!sameOptions(known.options, options)) {
      known.options = options;
      known.live.configure(options);
      known.parts.clear();
    }
    return known;
  }

  private create<K extends PolicyKind>(kind: K, options: OptionsOf<K>): LivePart<K> {
    return this.factories[kind](options as never) as unknown as LivePart<K>;
  }

  private readonly factories: { readonly [K in PolicyKind]: (options: OptionsOf<K>) => LivePart<K> } = {
    fallback: (options) => new LiveOptions<'fallback'>(options, (chain) => fallbackParts(this.name, chain)),
    cache: (options) => new LiveCache(this.name, options),
    retry: (options) => new LiveRetry(this.name, options, this.environment.pipelines.random),
    hedge: (options) => new LiveHedge(this.name, options),
    circuitBreaker: (options) => this.createCircuitBreaker(options),
    rateLimit: (options) => new LiveRateLimit(this.name, options, this.environment.pipelines.clock),
    timeout: (options) =>
      new LiveOptions<'timeout'>(options, (limit) => ({ name: this.name, ...timeoutSettings(limit) })),
    bulkhead: (options) => new LiveBulkhead(this.name, options, this.environment.pipelines.clock),
    chaos: (options) => new LiveOptions<'chaos'>(options, (chaos) => ({ name: this.name, options: chaos })),
  };

  private createCircuitBreaker(options: OptionsOf<'circuitBreaker'>): LiveCircuitBreaker {
    const { pipelines, circuits } = this.environment;
    return new LiveCircuitBreaker(options, pipelines.clock, (settings) => {
      return new CircuitKind(settings, this.name, this.named, pipelines, circuits);
    });
  }
}
