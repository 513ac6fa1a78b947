import { currentCorrelation, sleep, uuidv7, type Clock } from '../../kernel/index.js';
import { validateData } from '../../messaging/index.js';
import type { ServiceContract, ServiceOperation } from '../contracts/service-contract.js';
import { UnknownServiceError } from '../errors/unknown-service.error.js';
import type { ServiceOptions } from '../options/service.options.js';
import { ServiceClient, type CallOptions, type CallResult } from './service-client.js';
import type { ServicePipelines } from './service-pipelines.js';
import type { ServiceAttempt, ServiceTransport } from './service-transport.js';

export const DEFAULT_TIMEOUT_MS = 5_000;
const HEALTH_TIMEOUT_MS = 5_000;

/** A client over whichever transport, behind the policies of the configuration. */
export class ConfiguredServiceClient extends ServiceClient {
  constructor(
    readonly options: ServiceOptions,
    private readonly contract: () => ServiceContract | undefined,
    private readonly transport: ServiceTransport,
    private readonly pipelines: ServicePipelines,
    private readonly clock: Clock,
  ) {
    super();
  }

  override get name(): string {
    return this.options.name;
  }

  override async call(operation: string, input: unknown, options: CallOptions = {}): Promise<CallResult<never>> {
    const correlationId = this.correlationOf(options);
    const results = new Set<unknown>();
    const result = await this.run(operation, input, { ...options, correlationId }, async (attempt) => {
      const sent = await this.transport.call(attempt);
      results.add(sent);
      return sent;
    });
    // What a fallback answers is an answer, and not how a call ended.
    const ended = results.has(result) ? result : { status: 'completed', correlationId, output: result };
    return ended as CallResult<never>;
  }

  override request(operation: string, input: unknown, options?: CallOptions): Promise<never> {
    return this.run(operation, input, options, (attempt) => this.transport.request(attempt)) as Promise<never>;
  }

  override async healthCheck({ signal }: Pick<CallOptions, 'signal'> = {}): Promise<boolean> {
    const end = new AbortController();
    const signals = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    try {
      const late = sleep(this.clock, HEALTH_TIMEOUT_MS, signals).then(() => false);
      late.catch(() => undefined);
      return await Promise.race([this.transport.isHealthy(signals), late]);
    } catch {
      return false;
    } finally {
      end.abort();
    }
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async run(
    name: string,
    input: unknown,
    options: CallOptions = {},
    send: (attempt: ServiceAttempt) => Promise<unknown>,
  ): Promise<unknown> {
    const { signal, idempotencyKey } = options;
    const operation = this.operation(name);
    const correlationId = this.correlationOf(options);
    await validateData(operation.input, input, `input of ${this.name}.${name}`);
    // The same for all attempts, so that the service knows a repetition.
    const key = idempotencyKey ?? (operation.idempotent ? uuidv7(this.clock.now()) : undefined);
    return this.pipelines.run(operation, input, signal, (attemptSignal, timeout) =>
      send({ operation, input, correlationId, idempotencyKey: key, signal: attemptSignal, timeout }),
    );
  }

  private correlationOf({ correlationId }: CallOptions): string {
    return correlationId ?? currentCorrelation()?.correlationId ?? uuidv7(this.clock.now());
  }

  private operation(name: string): ServiceOperation {
    const { operations } = this.contract() ?? { operations: {} as ServiceContract['operations'] };
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw new UnknownServiceError('operation', `${this.name}.${name}`, Object.keys(operations));
    return operation;
  }
}
