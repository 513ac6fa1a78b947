import { LooseCouplingError } from '../../kernel/index.js';

/** What is kept of an answer. */
export interface RefusedAnswer {
  /** HTTP status; undefined for an answer over a queue. */
  readonly status?: number;
  readonly headers?: Headers;
  /** Parsed if it was JSON. Not in the message: it may hold what is nobody's business. */
  readonly body?: unknown;
}

/** Worth another try: too early, too many requests, a timeout of the service itself. */
const TRANSIENT: readonly number[] = [408, 425, 429];

/** Thrown when a service answered that it did not do what was asked. */
export class ServiceResponseError extends LooseCouplingError {
  readonly code = 'LC_SERVICE_RESPONSE';
  /** Of the caller's own answer when nothing else maps the error. That of the service is `status`. */
  readonly statusCode = 502;
  readonly status: number | undefined;
  /** A `Retry-After` among them is what the next attempt waits. */
  readonly headers: Headers | undefined;
  readonly body: unknown;

  constructor(
    readonly service: string,
    readonly operation: string,
    { status, headers, body }: RefusedAnswer,
    options?: ErrorOptions,
  ) {
    const how = status === undefined ? 'with an error' : String(status);
    super(
      `The service "${service}" answered ${how} to "${operation}". See its log; \`body\` is what it said.`,
      options,
    );
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** Whether the service worked and said no (400, 404, 409 …): no failure of it, nothing to try again. */
  get isRefusal(): boolean {
    return this.status !== undefined && this.status < 500 && !TRANSIENT.includes(this.status);
  }
}
