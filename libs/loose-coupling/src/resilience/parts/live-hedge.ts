import { RetryBudget } from '../core/retry/retry-budget.js';
import { RETRY_BUDGET_DEFAULTS } from '../options/policy-defaults.js';
import type { HedgePart } from '../pipeline/policy-set.port.js';
import type { LivePart, OptionsOf } from './live-part.js';
import { hedgeSettings, type HedgeSettings } from './settings/hedge.settings.js';

/** The hedging of one policy; what lives is its budget, so that hedges cannot double the load of a slow dependency. */
export class LiveHedge implements LivePart<'hedge'> {
  private settings: HedgeSettings;
  private readonly budget = new RetryBudget(RETRY_BUDGET_DEFAULTS);

  constructor(
    private readonly name: string,
    options: OptionsOf<'hedge'>,
  ) {
    this.settings = hedgeSettings(options);
  }

  configure(options: OptionsOf<'hedge'>): void {
    this.settings = hedgeSettings(options);
  }

  part(): HedgePart {
    return { name: this.name, ...this.settings, budget: this.budget };
  }
}
