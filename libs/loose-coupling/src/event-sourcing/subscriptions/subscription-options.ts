import { FaultList, type BackoffOptions } from '../../kernel/index.js';

/** Times are milliseconds. */
export interface PersistentSubscriptionOptions {
  /** Names its checkpoint; unique in the store, and not to be changed. */
  readonly name: string;
  /** Types of the events that the handler wants. Default: all. */
  readonly types?: readonly string[];
  /** Where a subscription without a checkpoint begins: 'beginning' (default), 'end', or after a position. */
  readonly from?: 'beginning' | 'end' | number;
  /** Events read, and made durable in one step, at most. Default 100. */
  readonly batchSize?: number;
  /** How long a process that has died is waited for, when its death cannot be seen. Default 10,000. */
  readonly leaseDuration?: number;
  readonly retry?: SubscriptionRetryOptions;
  /**
   * So many events are handled at the same time, by as many processes as there are; those of one stream still one
   * after another. Default 1: all in the order of the feed. With another number the subscription begins anew.
   */
  readonly partitions?: number;
}

export interface SubscriptionRetryOptions extends Partial<BackoffOptions> {
  /** How often a handler is called before its event is parked; `Infinity`: until it succeeds. Default 5. */
  readonly maxAttempts?: number;
}

export type ResolvedSubscriptionOptions = Required<Omit<PersistentSubscriptionOptions, 'types' | 'retry'>> & {
  readonly types: ReadonlySet<string> | undefined;
  readonly retry: BackoffOptions & { readonly maxAttempts: number };
};

/** How long a lease lasts unless `leaseDuration` says otherwise, in milliseconds. */
export const LEASE_MS = 10_000;

/** @throws {InvalidOptionsError} listing everything that is wrong */
export function resolveSubscriptionOptions(options: PersistentSubscriptionOptions): ResolvedSubscriptionOptions {
  const faults = new FaultList(`The subscription "${String(options.name)}"`);
  validateSubscriptionOptions(options, faults);
  faults.throwIfAny();
  const { name, types, from = 'beginning', batchSize = 100, leaseDuration = LEASE_MS, partitions = 1 } = options;
  return {
    name,
    types: types && new Set(types),
    from,
    batchSize,
    leaseDuration,
    partitions,
    retry: { maxAttempts: 5, initialDelay: 100, maxDelay: 5_000, jitter: 'equal', ...options.retry },
  };
}

function validateSubscriptionOptions(options: PersistentSubscriptionOptions, faults: FaultList): void {
  const { name, types, from, retry } = options;
  faults.unknownKeys('', options, ['name', 'types', 'from', 'batchSize', 'leaseDuration', 'retry', 'partitions']);
  if (typeof name !== 'string' || name.trim() === '') faults.add('name', 'a text that is not empty', name);
  if (types !== undefined && !types.every((type) => typeof type === 'string')) faults.add('types', 'texts', types);
  const isPosition = typeof from === 'number' && Number.isSafeInteger(from) && from >= 0;
  if (!isPosition) faults.oneOf('from', from, ['beginning', 'end']);
  faults.positiveInteger('batchSize', options.batchSize);
  faults.positiveInteger('leaseDuration', options.leaseDuration);
  faults.positiveInteger('partitions', options.partitions);
  if (retry === undefined) return;
  faults.unknownKeys('retry', retry, ['maxAttempts', 'initialDelay', 'maxDelay', 'jitter']);
  if (retry.maxAttempts !== Infinity) faults.positiveInteger('retry.maxAttempts', retry.maxAttempts);
  faults.duration('retry.initialDelay', retry.initialDelay);
  faults.duration('retry.maxDelay', retry.maxDelay);
  faults.oneOf('retry.jitter', retry.jitter, ['full', 'equal', 'none']);
}
