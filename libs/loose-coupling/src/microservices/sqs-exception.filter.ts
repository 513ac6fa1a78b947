import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter, RpcException } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { isLooseCouplingError } from '../kernel/index.js';
import type { SqsContext } from './sqs-context.js';

/**
 * Lets the error of a handler reach `SqsServer` as it is, so that `RetryLater`, `DeadLetter` and `Discard` do what
 * they say and a dead letter tells the real reason: Nest's own filter makes "Internal server error" of everything.
 * What answers a request stays as Nest has it. For the controllers of an `SqsServer`, or all of a microservice.
 */
@Catch()
export class SqsExceptionFilter extends BaseRpcExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): Observable<unknown> {
    // Not by its class: the package may be loaded twice, as CommonJS and as ES modules.
    const context = host.switchToRpc().getContext<Partial<SqsContext> | undefined>();
    const answers = context?.getEnvelope?.().replyto !== undefined;
    const asItIs = isLooseCouplingError(exception) || !(answers || exception instanceof RpcException);
    return asItIs ? throwError(() => exception) : super.catch(exception as never, host);
  }
}
