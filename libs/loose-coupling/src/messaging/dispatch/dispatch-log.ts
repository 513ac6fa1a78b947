import type { LoggerService } from '@nestjs/common';
import type { Outcome } from '../core/outcome.js';

/** What a log line names of a message; never its data. */
export interface LoggedMessage {
  readonly queue: string;
  readonly handler?: string;
  readonly type?: string;
  readonly id: string;
  readonly attempt: number;
}

/** Writes one line for every failed attempt. A logger that throws never touches a message. */
export class DispatchLog {
  constructor(private readonly logger: LoggerService) {}

  failed(outcome: Outcome, error: unknown, message: LoggedMessage): void {
    if (outcome.action === 'acknowledge') {
      this.write('debug', `${nameOf(message)} was discarded: ${textOf(error)}`);
    } else if (outcome.action === 'release') {
      this.write('debug', `${nameOf(message)} waits for the one before it: ${textOf(error)}`);
    } else if (outcome.action === 'retry') {
      const wait = `again in ${Math.round(outcome.delay)} ms`;
      this.write('warn', `${nameOf(message)} failed, ${wait}: ${textOf(error)}`);
    } else {
      const stack = error instanceof Error ? error.stack : undefined;
      this.write('error', `${nameOf(message)} failed and goes to the dead-letter queue: ${textOf(error)}`, stack);
    }
  }

  answeredWithFailure(error: unknown, message: LoggedMessage): void {
    this.write('warn', `${nameOf(message)} failed, and the requester was told: ${textOf(error)}`);
  }

  expired(message: LoggedMessage): void {
    this.write('debug', `${nameOf(message)} arrived after its expiry time and was dropped`);
  }

  tested(message: LoggedMessage): void {
    this.write('debug', `${nameOf(message)} is the test of S3 that its notifications arrive`);
  }

  private write(level: 'warn' | 'error' | 'debug', text: string, ...rest: unknown[]): void {
    try {
      this.logger[level]?.(text, ...rest);
    } catch {
      // Logging is not worth a message.
    }
  }
}

const nameOf = ({ type, id, handler, queue, attempt }: LoggedMessage): string =>
  `${type ?? 'A message'} ${id} ${handler ? `in ${handler} ` : ''}from queue ${queue}, attempt ${attempt},`;

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
