import { compilePattern } from '../../patterns/compile-pattern.js';
import { compileFilterPolicy } from '../../patterns/filter-policy.js';
import type { LocalSubscription } from '../local-broker.js';
import type { RoutedMessage } from './routed-message.js';

export interface CompiledSubscription {
  readonly queue: string;
  readonly raw: boolean;
  matches(message: RoutedMessage): boolean;
}

/** @throws {InvalidEventPatternError} when a filter is malformed */
export function compileSubscription(subscription: LocalSubscription): CompiledSubscription {
  const { topic, queue, filterPolicy, filterScope = 'MessageAttributes', dataFilter, raw = false } = subscription;
  const subject = `subscription of "${queue}" to "${topic}"`;
  const policy = filterPolicy && compileFilterPolicy(filterPolicy, filterScope, `filter policy of the ${subject}`);
  const data = dataFilter && compilePattern(dataFilter, `data filter of the ${subject}`);
  return {
    queue,
    raw,
    matches: (message) => (!policy || policy(message)) && (!data || data(message.data)),
  };
}
