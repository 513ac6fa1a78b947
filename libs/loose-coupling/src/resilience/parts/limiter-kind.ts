import { AdaptiveLimiter } from '../core/concurrency/adaptive-limiter.js';
import { Bulkhead } from '../core/concurrency/bulkhead.js';
import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import type { Disposability, MachineKind } from './machine-kind.js';
import type { BulkheadSettings } from './settings/bulkhead.settings.js';
import { PlainEntry } from './slot-entry.js';

/** The bulkheads, or adaptive limits, of one policy. */
export class LimiterKind implements MachineKind<ConcurrencyLimiter, BulkheadSettings> {
  create(settings: BulkheadSettings, key: string | undefined): PlainEntry<ConcurrencyLimiter> {
    const { maxConcurrent, maxQueue, adaptive } = settings;
    const machine = adaptive
      ? new AdaptiveLimiter({ ...adaptive, initialLimit: maxConcurrent, maxQueue })
      : new Bulkhead(maxConcurrent, maxQueue);
    return new PlainEntry(key, machine);
  }

  /** A fixed limit cannot become an adaptive one: what runs then ends on the old machine. */
  reconfigure(machine: ConcurrencyLimiter, { maxConcurrent, maxQueue, adaptive }: BulkheadSettings): boolean {
    if (adaptive && machine instanceof AdaptiveLimiter) {
      machine.reconfigure({ ...adaptive, initialLimit: maxConcurrent, maxQueue });
    } else if (!adaptive && machine instanceof Bulkhead) {
      machine.reconfigure(maxConcurrent, maxQueue);
    } else {
      return false;
    }
    return true;
  }

  disposable(machine: ConcurrencyLimiter): Disposability {
    const { active, queued } = machine.snapshot();
    return active + queued === 0 ? 'now' : 'never';
  }
}
