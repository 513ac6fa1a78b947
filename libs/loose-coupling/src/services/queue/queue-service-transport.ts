import { validateData, type MessageBus, type MessageContract, type MessageTransport } from '../../messaging/index.js';
import { isLooseCouplingError } from '../../kernel/index.js';
import type { CallResult } from '../client/service-client.js';
import type { ServiceAttempt, ServiceTransport } from '../client/service-transport.js';
import { InvalidServiceResponseError } from '../errors/invalid-service-response.error.js';
import { ServiceResponseError } from '../errors/service-response.error.js';
import { ServiceUnavailableError } from '../errors/service-unavailable.error.js';
import type { ResponseInbox } from './response-inbox.js';

/** Asks a service over its queue. */
export class QueueServiceTransport implements ServiceTransport {
  constructor(
    private readonly service: string,
    private readonly queue: string,
    private readonly bus: () => MessageBus,
    private readonly transport: () => MessageTransport,
    /** Where its answers come, when that is a topic. */
    private readonly responses?: ResponseInbox,
  ) {}

  async call(attempt: ServiceAttempt): Promise<CallResult<unknown>> {
    const { input, correlationId, idempotencyKey } = attempt;
    const id = idempotencyKey !== undefined && { id: idempotencyKey };
    const sent = await this.bus().send(this.message(attempt), input, { correlationId, ...id, ...keyOf(attempt) });
    return { status: 'accepted', correlationId, messageId: sent.id };
  }

  async request(attempt: ServiceAttempt): Promise<unknown> {
    const { input, correlationId, signal, timeout } = attempt;
    try {
      if (this.responses) return await this.requestByTopic(attempt, this.responses);
      const options = { correlationId, signal, timeout, ...keyOf(attempt) };
      return await this.bus().request(this.message(attempt), input, options);
    } catch (error) {
      throw this.asOverHttp(error, attempt);
    }
  }

  private async requestByTopic(attempt: ServiceAttempt, responses: ResponseInbox): Promise<unknown> {
    const { operation, input, correlationId, signal, timeout } = attempt;
    await responses.open();
    const message = this.message(attempt);
    // An id of its own for each attempt: the inbox of the service would take a second one for done, and not answer.
    const id = responses.newId();
    const awaited = { id, type: message.name, queue: this.queue, correlationId, signal, timeout };
    const { answer, abandon } = responses.wait(awaited);
    this.bus()
      .send(message, input, { id, correlationId, ...keyOf(attempt) })
      .catch(abandon);
    return await validateData(operation.output, await answer, `answer of ${this.service} to ${operation.name}`);
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
      return new ServiceUnavailableError(
        this.service,
        `no reply came to what was sent to the queue "${this.queue}"`,
        options,
      );
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

/** A request that is repeated has another id, by which it is answered: by the key the service knows what it has done. */
const keyOf = ({ idempotencyKey }: ServiceAttempt): { readonly idempotencyKey?: string } =>
  idempotencyKey === undefined ? {} : { idempotencyKey };
