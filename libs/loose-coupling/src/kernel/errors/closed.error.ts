import { LooseCouplingError } from './loose-coupling.error.js';

/** Thrown by an operation on something that was closed, usually because the application is shutting down. */
export class ClosedError extends LooseCouplingError {
  readonly code = 'LC_CLOSED';
  /** What an HTTP request that met the shutdown is answered with: another instance can take it. */
  readonly statusCode = 503;

  constructor(subject: string) {
    super(`${subject} is closed: the application is shutting down, or close() was called. Do not use it afterwards.`);
  }
}
