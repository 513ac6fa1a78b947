import { isLooseCouplingError } from '../../kernel/index.js';
import type { CallVerdict } from './entry-batcher.options.js';

/** What the AWS SDK knows of a failed call. `$fault` is there when the service has answered. */
interface ServiceError {
  readonly name?: string;
  readonly $fault?: 'client' | 'server';
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const PASSING =
  /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|RequestTimeout|RequestExpired|RequestTimeTooSkewed|ExpiredToken|InternalFailure|InternalError|InternalException|ServiceUnavailable|^OverLimit$/;

/** Of the destination, or of who calls: another message would fare no better. */
const OF_THE_CALLER =
  /AccessDenied|Authorization|NotAuthorized|^Kms|^KMS|Signature|ClientToken|UnrecognizedClient|AuthenticationToken|OptInRequired|NonExistent|DoesNotExist|NotFound|InvalidSecurity|InvalidAddress/;

/** Whether an error code of AWS, of a call or of an entry, means that the same may succeed a little later. */
export const isPassingCode = (code: string): boolean => PASSING.test(code);

/**
 * What to do about a call that the SDK rejected. No answer, throttling and the service's own faults pass. A client's fault that
 * tells of permissions or of the destination is everyone's; any other may be that of one entry.
 */
export function judgeAwsError(error: unknown): CallVerdict {
  if (isLooseCouplingError(error)) return 'refuse';
  const { name = '', $fault, $retryable, $metadata } = (error ?? {}) as ServiceError;
  const status = $metadata?.httpStatusCode ?? 0;
  if ($fault !== 'client' || $retryable !== undefined || status === 429 || isPassingCode(name)) return 'retry';
  return OF_THE_CALLER.test(name) ? 'refuse' : 'isolate';
}
