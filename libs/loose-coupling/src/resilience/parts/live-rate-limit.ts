import type { Clock } from '../../kernel/index.js';
import type { TokenBucket } from '../core/rate/token-bucket.js';
import type { RateLimitPart } from '../pipeline/policy-set.port.js';
import type { KeyOf, LivePart, OptionsOf } from './live-part.js';
import { MachineGroup } from './machine-group.js';
import { RateLimiterKind } from './rate-limiter-kind.js';
import { rateLimitSettings, type RateLimitSettings } from './settings/rate-limit.settings.js';

/** The rate limiters of one policy. */
export class LiveRateLimit implements LivePart<'rateLimit'> {
  readonly limiters: MachineGroup<TokenBucket, RateLimitSettings>;

  constructor(
    private readonly name: string,
    private options: OptionsOf<'rateLimit'>,
    clock: Clock,
  ) {
    this.limiters = new MachineGroup(new RateLimiterKind(), rateLimitSettings(options), options, clock);
  }

  configure(options: OptionsOf<'rateLimit'>): void {
    this.options = options;
    this.limiters.reconfigure(rateLimitSettings(options), options);
  }

  part(key: KeyOf): RateLimitPart {
    const { maxWait } = rateLimitSettings(this.options);
    return { name: this.name, slot: this.limiters.slot(key ?? this.options.key), maxWait };
  }
}
