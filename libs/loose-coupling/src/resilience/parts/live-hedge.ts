import { RetryBudget } from '../core/retry/retry-budget.js';
import type { HedgePart } from '../pipeline/policy-set.port.js';
import type { LivePart, OptionsOf } from './live-part.js';
import { hedgeSettings, type HedgeSettings } from './settings/hedge.settings.js';

/** The hedging of one policy; what lives is its budget, so that hedges cannot double the load of a slow dependency. */
export class LiveHedge implements LivePart<'hedge'> {
  private settings: HedgeSettings;
  private budget: RetryBudget | undefined;

  constructor(
    private readonly name: string,
    options: OptionsOf<'hedge'>,
  ) {
    this.settings = hedgeSettings(options);
    this.budget = this.settings.budget && new RetryBudget(this.settings.budget);
  }

  configure(options: OptionsOf<'hedge'>): void {
    this.settings = hedgeSettings(options);
    const { budget } = this.settings;
    if (budget && this.budget) this.budget.reconfigure(budget);
    else this.budget = budget && new RetryBudget(budget);
  }

  part(): HedgePart {
    return { name: this.name, ...this.settings, budget: this.budget };
  }
}
