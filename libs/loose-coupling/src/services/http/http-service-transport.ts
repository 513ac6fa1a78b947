import { currentTrace, isLooseCouplingError, isTraceparent, isTracestate, type Clock } from '../../kernel/index.js';
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
import { isOk, type HttpAnswer, type HttpHeaders, type HttpPort } from './http-port.js';
import { readJson, UnreadableAnswer } from './read-json.js';

const MAX_RESPONSE_BYTES = 1_048_576;
const ACCEPTED = 202;
const UNAUTHORIZED = 401;
/** Of an answer to a question after the health, whose body is of no interest. */
const MAX_HEALTH_BYTES = 65_536;

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
      const url = lease.url + (this.options.healthPath ?? '/health');
      return isOk(await this.http.send({ method: 'GET', url, headers: {}, maxBytes: MAX_HEALTH_BYTES, signal }));
    } finally {
      // The circuit and the ejection judge by calls, not by what is asked beside them.
      lease.release('ignored');
    }
  }

  async close(): Promise<void> {
    this.endpoints.close();
    await this.http.close();
  }

  private async exchange(attempt: ServiceAttempt, mayAccept: boolean): Promise<{ status: number; output: unknown }> {
    const lease = await this.endpoints.lease();
    let outcome: 'success' | 'failure' | 'ignored' = 'success';
    try {
      let response = await this.send(lease.url, attempt, false);
      if (response.status === UNAUTHORIZED && isRenewable(this.options.auth)) {
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

  private async send(endpoint: string, attempt: ServiceAttempt, renew: boolean): Promise<HttpAnswer> {
    const { operation, input, signal } = attempt;
    const { path, body } = buildRequest(operation, input);
    const headers = this.headers(attempt);
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.options.auth) Object.assign(headers, await authHeaders(this.options.auth, renew));
    const { method } = operation.http;
    try {
      return await this.http.send({ method, url: endpoint + path, headers, body, maxBytes: this.maxBytes, signal });
    } catch (error) {
      throw this.lost(error, signal);
    }
  }

  private headers({ correlationId, idempotencyKey, timeout }: ServiceAttempt): Record<string, string> {
    const { traceparent, tracestate } = currentTrace() ?? {};
    return {
      accept: 'application/json',
      'x-correlation-id': correlationId,
      'x-request-deadline': new Date(this.clock.now() + timeout).toISOString(),
      ...(traceparent !== undefined && isTraceparent(traceparent) && { traceparent }),
      ...(traceparent !== undefined && tracestate !== undefined && isTracestate(tracestate) && { tracestate }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
  }

  private async read(answer: HttpAnswer, { operation }: ServiceAttempt, mayAccept: boolean) {
    const { name } = this.options;
    const { status } = answer;
    let body: unknown;
    try {
      body = readJson(answer, this.maxBytes);
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error;
      if (isOk(answer)) throw new InvalidServiceResponseError(name, operation.name, error.message, { cause: error });
    }
    if (!isOk(answer)) {
      throw new ServiceResponseError(name, operation.name, { status, headers: toHeaders(answer.headers), body });
    }
    if (mayAccept && status === ACCEPTED) return { status, output: undefined };
    try {
      return { status, output: await validateData(operation.output, body, `answer of ${name} to ${operation.name}`) };
    } catch (error) {
      throw new InvalidServiceResponseError(name, operation.name, 'does not fit the contract', { cause: error });
    }
  }

  private get maxBytes(): number {
    return this.options.maxResponseBytes ?? MAX_RESPONSE_BYTES;
  }

  private lost(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    if (isLooseCouplingError(error, 'LC_CLOSED')) return error;
    const { code } = error as { code?: unknown };
    const reason = `the connection failed (${String(code ?? 'closed')})`;
    return new ServiceUnavailableError(this.options.name, reason, { cause: error });
  }
}

const toHeaders = (headers: HttpHeaders): Headers =>
  new Headers(
    Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each]),
    ),
  );
