import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isAnswerable, retryAfterSeconds } from 'nestjs-loose-coupling/resilience';
import type { ProblemDetails } from './problem-details.js';
import { InvalidRequestException } from './request-validation.js';

/** Answers every HTTP error as problem details; errors of message handlers are passed on untouched. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemDetailsFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const retryAfter = retryAfterSeconds(retryAfterMsOf(error));
    const problem = this.describe(error, request.path);
    // What a policy has rejected says all there is to say, and there are many of them while a service is away.
    if (problem.status >= 500 && retryAfter === undefined && !isAnswerable(error))
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (response.headersSent) return;
    if (retryAfter !== undefined) response.set('Retry-After', retryAfter);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private describe(error: unknown, instance: string): ProblemDetails {
    const status = statusOf(error);
    return {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      // What is not the caller's fault is told to the log, not to the caller.
      ...(status < 500 && error instanceof Error ? { detail: error.message } : {}),
      instance,
      ...(error instanceof InvalidRequestException ? { errors: error.errors } : {}),
    };
  }
}

/** Nest's own exceptions, what a policy rejected, and those of the body parser, which carry `status` too. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (isAnswerable(error)) return error.statusCode;
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : Number.NaN;
  return Number.isInteger(status) && status >= 400 && status < 500 ? status : 500;
}

function retryAfterMsOf(error: unknown): number | undefined {
  if (!(error instanceof HttpException) && !isAnswerable(error)) return undefined;
  const { retryAfterMs } = error as { retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}
