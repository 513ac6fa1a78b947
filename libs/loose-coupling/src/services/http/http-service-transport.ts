import { currentCorrelation, isTraceparent, isTracestate, type Clock } from '../../kernel/index.js';
import { validateData } from '../../messaging/index.js';
import type { EndpointPool } from '../client/endpoint-pool.js';
import type { CallResult } from '../client/service-client.js';
import { isServiceFailure } from '../client/service-failure.js';
import type { ServiceAttempt, ServiceTransport } from '../client/service-transport.js';
import { InvalidServiceResponseError } from '../errors/invalid-service-response.error.js';
import { ServiceResponseError } from '../errors/service-response.error.js';
import { ServiceUnavailableError } from '../errors/service-unavailable.error.js';
import type { ServiceOptions } from '../options/service.options.js';
import { authHeaders, isRenewable } from './auth-headers.js';
import { buildRequest } from './build-request.js';
import type { HttpPort } from './http-port.js';
import { discard, readJson, UnreadableAnswer } from './read-json.js';

const MAX_RESPONSE_BYTES = 1_048_576;
const ACCEPTED = 202;
const UNAUTHORIZED = 401;

/** Asks a service over HTTP, in JSON. Redirects are not followed: they would take the credentials along. */
export class HttpServiceTransport implements ServiceTransport {
  constructor(
    private readonly options: ServiceOptions,
    private readonly endpoints: EndpointPool,
    private readonly http: HttpPort,
    private readonly clock: Clock,
  ) {}

  async call(attempt: ServiceAttempt): Promise<CallResult<unknown>> {
    const { correlationId } = attempt;
    const { status, output } = await this.exchange(attempt, true);
    return status === ACCEPTED
      ? { status: 'accepted', correlationId, messageId: undefined }
      : { status: 'completed', correlationId, output };
  }

  async request(attempt: ServiceAttempt): Promise<unknown> {
    return (await this.exchange(attempt, false)).output;
  }

  async isHealthy(signal: AbortSignal): Promise<boolean> {
    const lease = await this.endpoints.lease();
    try {
      const response = await this.http(`${lease.url}${this.options.healthPath ?? '/health'}`, {
        signal,
        redirect: 'manual',
      });
      await discard(response);
      return response.ok;
    } finally {
      // The circuit and the ejection judge by calls, not by what is asked beside them.
      lease.release('ignored');
    }
  }

  async close(): Promise<void> {
    this.endpoints.close();
  }

  private async exchange(attempt: ServiceAttempt, mayAccept: boolean): Promise<{ status: number; output: unknown }> {
    const lease = await this.endpoints.lease();
    let outcome: 'success' | 'failure' | 'ignored' = 'success';
    try {
      let response = await this.send(lease.url, attempt, false);
      if (response.status === UNAUTHORIZED && isRenewable(this.options.auth)) {
        await discard(response);
        response = await this.send(lease.url, attempt, true);
      }
      return await this.read(response, attempt, mayAccept);
    } catch (error) {
      const timedOut = (attempt.signal.reason as { code?: unknown } | undefined)?.code === 'LC_OPERATION_TIMEOUT';
      outcome = attempt.signal.aborted && !timedOut ? 'ignored' : isServiceFailure(error) ? 'failure' : 'success';
      if (timedOut) outcome = 'failure';
      throw error;
    } finally {
      lease.release(outcome);
    }
  }

  private async send(url: string, attempt: ServiceAttempt, renew: boolean): Promise<Response> {
    const { operation, input, signal } = attempt;
    const { path, body } = buildRequest(operation, input);
    const headers = { ...this.headers(attempt), ...(await authHeaders(this.options.auth, renew)) };
    const init = { method: operation.http.method, signal, redirect: 'manual' as const };
    try {
      return body === undefined
        ? await this.http(url + path, { ...init, headers })
        : await this.http(url + path, { ...init, body, headers: { ...headers, 'content-type': 'application/json' } });
    } catch (error) {
      throw this.lost(error, signal);
    }
  }

  private headers({ correlationId, idempotencyKey, timeout }: ServiceAttempt): Record<string, string> {
    const { traceparent, tracestate } = currentCorrelation() ?? {};
    return {
      accept: 'application/json',
      'x-correlation-id': correlationId,
      'x-request-deadline': new Date(this.clock.now() + timeout).toISOString(),
      ...(traceparent !== undefined && isTraceparent(traceparent) && { traceparent }),
      ...(traceparent !== undefined && tracestate !== undefined && isTracestate(tracestate) && { tracestate }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
  }

  private async read(response: Response, { operation, signal }: ServiceAttempt, mayAccept: boolean) {
    const { name } = this.options;
    const { status, headers, ok } = response;
    let body: unknown;
    try {
      body = await readJson(response, this.options.maxResponseBytes ?? MAX_RESPONSE_BYTES);
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw this.lost(error, signal);
      if (ok) throw new InvalidServiceResponseError(name, operation.name, error.message, { cause: error });
      await discard(response);
    }
    if (!ok) throw new ServiceResponseError(name, operation.name, { status, headers, body });
    if (mayAccept && status === ACCEPTED) return { status, output: undefined };
    try {
      return { status, output: await validateData(operation.output, body, `answer of ${name} to ${operation.name}`) };
    } catch (error) {
      throw new InvalidServiceResponseError(name, operation.name, 'does not fit the contract', { cause: error });
    }
  }

  private lost(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause;
    return new ServiceUnavailableError(
      this.options.name,
      `the connection failed (${String(cause?.code ?? 'closed')})`,
      {
        cause: error,
      },
    );
  }
}
