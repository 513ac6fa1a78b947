import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
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
    const problem = this.describe(error, request.path);
    if (problem.status >= 500)
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (response.headersSent) return;
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

/** Nest's own exceptions, and those of the body parser, which carry `status` too. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : Number.NaN;
  return Number.isInteger(status) && status >= 400 && status < 500 ? status : 500;
}
