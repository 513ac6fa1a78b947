import type { Clock } from '../../kernel/index.js';
import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import type { KeyOptions } from '../options/key.options.js';
import type { BulkheadPart } from '../pipeline/policy-set.port.js';
import { LimiterKind } from './limiter-kind.js';
import type { KeyOf, LivePart, OptionsOf } from './live-part.js';
import { MachineGroup } from './machine-group.js';
import { bulkheadSettings, type BulkheadSettings } from './settings/bulkhead.settings.js';

/** The bulkheads of one policy. */
export class LiveBulkhead implements LivePart<'bulkhead'> {
  readonly limiters: MachineGroup<ConcurrencyLimiter, BulkheadSettings>;
  private settings: BulkheadSettings;
  private keys: KeyOptions;

  constructor(
    private readonly name: string,
    options: OptionsOf<'bulkhead'>,
    clock: Clock,
  ) {
    this.settings = bulkheadSettings(options);
    this.keys = keysOf(options);
    this.limiters = new MachineGroup(new LimiterKind(), this.settings, this.keys, clock);
  }

  configure(options: OptionsOf<'bulkhead'>): void {
    this.settings = bulkheadSettings(options);
    this.keys = keysOf(options);
    this.limiters.reconfigure(this.settings, this.keys);
  }

  part(key: KeyOf): BulkheadPart {
    const { queueTimeout } = this.settings;
    return { name: this.name, slot: this.limiters.slot(key ?? this.keys.key), queueTimeout };
  }
}

const keysOf = (options: OptionsOf<'bulkhead'>): KeyOptions => (typeof options === 'number' ? {} : options);
