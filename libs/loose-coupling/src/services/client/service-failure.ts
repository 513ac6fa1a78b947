import { isLooseCouplingError } from '../../kernel/index.js';
import { RejectionError } from '../../resilience/index.js';
import { ServiceResponseError } from '../errors/service-response.error.js';

/** Whether the service is to blame. That it said no is an answer. */
export const isServiceFailure = (error: unknown): boolean =>
  !(error instanceof ServiceResponseError && error.isRefusal) && !isAbort(error);

/** Whether the next attempt can end otherwise. */
export const isWorthRetrying = (error: unknown): boolean =>
  isServiceFailure(error) &&
  !(error instanceof RejectionError) &&
  !isLooseCouplingError(error, 'LC_CLOSED') &&
  !isLooseCouplingError(error, 'LC_INVALID_SERVICE_RESPONSE');

const isAbort = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'AbortError';
