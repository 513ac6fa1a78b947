import { TokenBucket } from '../core/rate/token-bucket.js';
import type { Disposability, MachineKind } from './machine-kind.js';
import type { RateLimitSettings } from './settings/rate-limit.settings.js';
import { PlainEntry, type SlotEntry } from './slot-entry.js';

/** The rate limiters of one policy. */
export class RateLimiterKind implements MachineKind<TokenBucket, RateLimitSettings> {
  private burst = 0;

  create(settings: RateLimitSettings, key: string | undefined): SlotEntry<TokenBucket> {
    this.burst = settings.burst;
    return new PlainEntry(key, new TokenBucket(settings));
  }

  reconfigure(machine: TokenBucket, settings: RateLimitSettings, now: number): boolean {
    this.burst = settings.burst;
    machine.reconfigure(settings, now);
    return true;
  }

  /** A bucket that is not full would be filled by forgetting it. */
  disposable(machine: TokenBucket, now: number): Disposability {
    return machine.snapshot(now).available >= this.burst ? 'now' : 'never';
  }
}
