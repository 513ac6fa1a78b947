import { isLooseCouplingError } from '../../kernel/index.js';
import { type EntryResult, InvalidMessageError } from '../../messaging/index.js';
import { AwsCallError } from '../errors/aws-call.error.js';
import { NotAcceptedError } from '../errors/not-accepted.error.js';
import { isPassingCode, judgeAwsError } from './judge-aws-error.js';

export const refused = (error: Error): EntryResult<never> => ({ ok: false, error, permanent: true });

/** Of an entry that failed on its way to a call. */
export function failureOf(reason: unknown): EntryResult<never> {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  return { ok: false, error, permanent: saysPermanent(error) ?? judgeAwsError(error) !== 'retry' };
}

/** A call to AWS that failed as a whole knows; any other error of ours is final. */
function saysPermanent(error: Error): boolean | undefined {
  if (error instanceof AwsCallError) return error.permanent;
  return isLooseCouplingError(error) ? true : undefined;
}

/** The results with errors that say what was not accepted; what AWS said is their cause. A caller's own abort stays as it is. */
export const explain = <Success>(
  destination: string,
  results: EntryResult<Success>[],
  signal?: AbortSignal,
): EntryResult<Success>[] =>
  results.map((result) =>
    result.ok || isLooseCouplingError(result.error) || (signal?.aborted && result.error === signal.reason)
      ? result
      : { ...result, error: new NotAcceptedError(destination, result.permanent, result.error) },
  );

interface BatchAnswer {
  readonly Successful?:
    readonly { readonly Id?: string | undefined; readonly MessageId?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchEntryFailure[] | undefined;
}

/** An entry of a batch as SQS and SNS report it. */
interface BatchEntryFailure {
  readonly Id: string | undefined;
  readonly Code: string | undefined;
  readonly Message?: string | undefined;
  readonly SenderFault: boolean | undefined;
}

/** Results by index from an answer in any order; the ids are indexes. An entry that the answer leaves out has none. */
export function readBatchAnswer(
  kind: 'queue' | 'topic',
  name: string,
  count: number,
  { Successful = [], Failed = [] }: BatchAnswer,
): EntryResult<{ messageId: string }>[] {
  const results: EntryResult<{ messageId: string }>[] = [];
  results.length = count;
  for (const { Id, MessageId = '' } of Successful) {
    results[Number(Id)] = { ok: true, value: { messageId: MessageId } };
  }
  for (const { Id, Code = '', Message, SenderFault } of Failed) {
    const text = Message ? `${Code}: ${Message}` : Code;
    results[Number(Id)] =
      SenderFault && !isPassingCode(Code)
        ? refused(new InvalidMessageError(name, text, kind))
        : { ok: false, error: new Error(text), permanent: false };
  }
  return results;
}
