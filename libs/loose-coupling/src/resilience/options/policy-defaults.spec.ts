import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as defaults from './policy-defaults.js';

const source = readFileSync(join(__dirname, 'policy-options.ts'), 'utf8');

/** What the docstring of an option says after "Default". */
function documented(owner: string, option: string): string {
  const from = source.indexOf(`${owner} `);
  const at = source.indexOf(`readonly ${option}?:`, from);
  return /Default:? ([^;]*?)[.;](?=\s)/.exec(source.slice(source.lastIndexOf('/**', at), at))?.[1] ?? '';
}

const number = (text: string) => Number(text.replaceAll(',', ''));

describe('the defaults of policies', () => {
  it.each([
    ['interface RetryOptions', 'maxAttempts', defaults.RETRY_DEFAULTS.maxAttempts],
    ['interface RetryOptions', 'initialDelay', defaults.RETRY_DEFAULTS.initialDelay],
    ['interface RetryOptions', 'maxDelay', defaults.RETRY_DEFAULTS.maxDelay],
    ['interface RetryBudgetOptions', 'ratio', defaults.RETRY_BUDGET_DEFAULTS.ratio],
    ['interface RetryBudgetOptions', 'minPerSecond', defaults.RETRY_BUDGET_DEFAULTS.minPerSecond],
    ['interface RetryBudgetOptions', 'window', defaults.RETRY_BUDGET_DEFAULTS.window],
    ['type BulkheadOptions', 'maxConcurrent', defaults.BULKHEAD_DEFAULTS.maxConcurrent],
    ['type BulkheadOptions', 'maxQueue', defaults.BULKHEAD_DEFAULTS.maxQueue],
    ['interface AdaptiveLimitOptions', 'minLimit', defaults.ADAPTIVE_LIMIT_DEFAULTS.minLimit],
    ['interface AdaptiveLimitOptions', 'maxLimit', defaults.ADAPTIVE_LIMIT_DEFAULTS.maxLimit],
    ['interface AdaptiveLimitOptions', 'tolerance', defaults.ADAPTIVE_LIMIT_DEFAULTS.tolerance],
    ['interface AdaptiveLimitOptions', 'smoothing', defaults.ADAPTIVE_LIMIT_DEFAULTS.smoothing],
    ['interface RateLimitOptions', 'interval', defaults.RATE_LIMIT_DEFAULTS.interval],
    ['interface HedgeOptions', 'delay', defaults.HEDGE_DEFAULTS.delay],
    ['interface HedgeOptions', 'maxAttempts', defaults.HEDGE_DEFAULTS.maxAttempts],
  ])('are what the documentation says: %s, %s', (owner, option, value) => {
    expect(number(documented(owner, option))).toBe(value);
  });

  it('are what the documentation says, where it says so in words', () => {
    expect(documented('interface RetryOptions', 'backoff')).toBe('`exponential` (doubles)');
    expect(documented('interface RetryOptions', 'jitter')).toBe('`full`');
    expect(documented('interface RetryOptions', 'idempotent')).toBe('true');
    expect(documented('interface RateLimitOptions', 'maxWait')).toBe('0: it is refused');
    expect(defaults.RETRY_DEFAULTS).toMatchObject({ backoff: 'exponential', jitter: 'full', idempotent: true });
    expect(defaults.RATE_LIMIT_DEFAULTS.maxWait).toBe(0);
  });
});
