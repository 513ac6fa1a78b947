import type { CancellationReason } from './dynamodb-api.js';

export const nameOf = (error: unknown): string => String((error as { name?: unknown } | null)?.name ?? '');

/** Refusals: nothing was stored, and trying again would not help. */
const FATAL = new Set([
  'ValidationException',
  'ResourceNotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'IdempotentParameterMismatchException',
  'ItemCollectionSizeLimitExceededException',
  'CredentialsProviderError',
]);

export const isFatal = (error: unknown): boolean => FATAL.has(nameOf(error));

export const isConditionFailed = (error: unknown): boolean => nameOf(error) === 'ConditionalCheckFailedException';

/** Why each action of a transaction was refused, in their order; undefined for other errors. */
export function cancellationReasons(error: unknown): readonly CancellationReason[] | undefined {
  if (nameOf(error) !== 'TransactionCanceledException') return undefined;
  return (error as { CancellationReasons?: readonly CancellationReason[] }).CancellationReasons ?? [];
}
