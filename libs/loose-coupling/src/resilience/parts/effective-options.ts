import { resolveCircuitBreakerSettings } from '../core/breaker/circuit-breaker.settings.js';
import type { KeyOptions } from '../options/key.options.js';
import type { OutcomeOptions, PolicyKind } from '../options/policy-options.js';
import type { OptionsOf } from './live-part.js';
import { DEFAULT_KEY_TTL, DEFAULT_MAX_KEYS } from './machine-group.js';
import type { PlannedPolicy } from './pipeline-plan.js';
import { bulkheadSettings } from './settings/bulkhead.settings.js';
import { hedgeSettings } from './settings/hedge.settings.js';
import { rateLimitSettings } from './settings/rate-limit.settings.js';
import { retrySettings } from './settings/retry.settings.js';
import { timeoutSettings } from './settings/timeout.settings.js';

const SETTINGS: { readonly [K in PolicyKind]: (options: OptionsOf<K>) => object } = {
  fallback: (options) => ({ chain: Array.isArray(options) ? (options as readonly unknown[]) : [options] }),
  cache: (options) => options,
  retry: retrySettings,
  hedge: hedgeSettings,
  circuitBreaker: (options) => ({ ...resolveCircuitBreakerSettings(options), ...predicatesOf(options) }),
  rateLimit: rateLimitSettings,
  timeout: timeoutSettings,
  bulkhead: bulkheadSettings,
  chaos: (options) => options,
};

/** What is in effect, defaults included; what is off is left out. Functions are named as such, never shown. */
export function effectiveOptions<K extends PolicyKind>({ kind, options, key }: PlannedPolicy<K>): object {
  const keys = typeof options === 'object' ? keysOf(options as KeyOptions, key) : key && keysOf({}, key);
  return toPlain({ ...SETTINGS[kind](options), ...(KEYED.includes(kind) && keys) }) as object;
}

const KEYED: readonly PolicyKind[] = ['circuitBreaker', 'rateLimit', 'bulkhead'];

function keysOf(options: KeyOptions, key: KeyOptions['key']): KeyOptions | undefined {
  const found = key ?? options.key;
  const { maxKeys = DEFAULT_MAX_KEYS, keyTtl = DEFAULT_KEY_TTL } = options;
  return found && { key: found, maxKeys, keyTtl };
}

function predicatesOf({ recordIf, ignoreIf, recordResultIf }: OutcomeOptions): OutcomeOptions {
  return { recordIf, ignoreIf, recordResultIf };
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'function')
    return value.prototype instanceof Error || value === Error ? value.name : '(function)';
  if (typeof value === 'symbol') return String(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, option]) => option !== undefined);
  return Object.fromEntries(given.map(([name, option]) => [name, toPlain(option)]));
}
