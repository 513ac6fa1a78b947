import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, of, type Observable } from 'rxjs';
import type { SqsContext } from './sqs-context.js';
import { untilAborted } from './until-aborted.js';

/** What a handler returns, as an observable that ends with the message's signal. */
export async function valuesOf(
  handler: MessageHandler,
  data: unknown,
  context: SqsContext,
): Promise<Observable<unknown>> {
  const result: unknown = await handler(data, context);
  return isObservable(result) ? result.pipe(untilAborted(context.getSignal())) : of(result);
}
