import { STATUS_CODES } from 'node:http';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError, type Observable } from 'rxjs';
import { Answerable, type AnswerableError } from './answerable-error.js';
import { retryAfterSeconds } from './retry-after.js';

/** On the context that our own message handlers get; their errors are the consumer's to judge. */
const MESSAGE_CONTEXT = Symbol.for('nestjs-loose-coupling:message-context');
/** Tells those who run message handlers that this filter alone is no reason to have filters there. */
const EDGE_FILTER = Symbol.for('nestjs-loose-coupling:edge-filter');

/** What a caller is told: neither the names of policies, nor what the service's developers could do about it. */
const MESSAGES: Readonly<Record<number, string>> = {
  429: 'Too many requests. Try again later.',
  503: 'The service cannot take this request now. Try again later.',
  504: 'A service that is needed for this did not answer in time.',
};

/**
 * Answers what a policy has rejected and nobody has caught: over HTTP with 503, 504 or 429, and Retry-After where that
 * is known; to a caller of a Nest microservice with an error object. Elsewhere the error passes untouched. It asks the
 * HTTP adapter, so it works on Express and on Fastify.
 */
@Catch(Answerable)
export class ResilienceExceptionFilter implements ExceptionFilter<AnswerableError> {
  readonly [EDGE_FILTER] = true;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** @throws the error itself, outside of HTTP and microservices */
  catch(error: AnswerableError, host: ArgumentsHost): Observable<never> | void {
    const type = host.getType();
    if (type === 'http') return this.answer(error, host.switchToHttp().getResponse());
    if (type === 'rpc' && !isOurs(host.switchToRpc().getContext())) return throwError(() => describe(error));
    throw error;
  }

  private answer({ statusCode, code, retryAfterMs }: AnswerableError, response: unknown): void {
    const { httpAdapter } = this.adapterHost;
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    const seconds = retryAfterSeconds(retryAfterMs);
    if (seconds !== undefined) httpAdapter.setHeader(response, 'Retry-After', seconds);
    // A server that is closing waits for open connections, and a client that keeps its alive would hold it up.
    if (code === 'LC_CLOSED') httpAdapter.setHeader(response, 'Connection', 'close');
    const body = { statusCode, message: messageFor(statusCode), error: STATUS_CODES[statusCode] ?? 'Error', code };
    httpAdapter.reply(response, body, statusCode);
  }
}

const messageFor = (statusCode: number): string => MESSAGES[statusCode] ?? STATUS_CODES[statusCode] ?? 'Error';

const isOurs = (context: unknown): boolean =>
  typeof context === 'object' && context !== null && MESSAGE_CONTEXT in context;

/** As Nest's own filter answers (`status`, `message`), with what a caller needs to decide about another attempt. */
const describe = ({ statusCode, code, retryAfterMs }: AnswerableError) => ({
  status: 'error',
  statusCode,
  code,
  message: messageFor(statusCode),
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
