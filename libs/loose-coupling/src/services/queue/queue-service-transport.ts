import type { MessageBus, MessageContract, MessageTransport } from '../../messaging/index.js';
import { isLooseCouplingError } from '../../kernel/index.js';
import type { CallResult } from '../client/service-client.js';
import type { ServiceAttempt, ServiceTransport } from '../client/service-transport.js';
import { InvalidServiceResponseError } from '../errors/invalid-service-response.error.js';
import { ServiceResponseError } from '../errors/service-response.error.js';
import { ServiceUnavailableError } from '../errors/service-unavailable.error.js';

/** Asks a service over its queue. */
export class QueueServiceTransport implements ServiceTransport {
  constructor(
    private readonly service: string,
    private readonly queue: string,
    private readonly bus: () => MessageBus,
    private readonly transport: () => MessageTransport,
  ) {}

  async call(attempt: ServiceAttempt): Promise<CallResult<unknown>> {
    const { input, correlationId, idempotencyKey } = attempt;
    const id = idempotencyKey !== undefined && { id: idempotencyKey };
    const sent = await this.bus().send(this.message(attempt), input, { correlationId, ...id });
    return { status: 'accepted', correlationId, messageId: sent.id };
  }

  async request(attempt: ServiceAttempt): Promise<unknown> {
    const { input, correlationId, signal, timeout } = attempt;
    try {
      return await this.bus().request(this.message(attempt), input, { correlationId, signal, timeout });
    } catch (error) {
      throw this.asOverHttp(error, attempt);
    }
  }

  async isHealthy(): Promise<boolean> {
    await this.transport().queue(this.queue).depth();
    return true;
  }

  async close(): Promise<void> {
    // The bus is the application's.
  }

  private message({ operation }: ServiceAttempt): MessageContract {
    return { ...(operation.message as MessageContract), queue: this.queue };
  }

  /** Callers see the same errors whichever way the service is reached. */
  private asOverHttp(error: unknown, { operation }: ServiceAttempt): unknown {
    const options = { cause: error };
    if (isLooseCouplingError(error, 'LC_REQUEST_TIMEOUT')) {
      return new ServiceUnavailableError(this.service, `no reply came from the queue "${this.queue}"`, options);
    }
    if (isLooseCouplingError(error, 'LC_REMOTE_ERROR')) {
      return new ServiceResponseError(this.service, operation.name, {}, options);
    }
    if (isLooseCouplingError(error, 'LC_INVALID_MESSAGE_DATA')) {
      return new InvalidServiceResponseError(this.service, operation.name, 'does not fit the contract', options);
    }
    return error;
  }
}
