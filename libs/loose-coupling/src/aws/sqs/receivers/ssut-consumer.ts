import type { Message } from '@aws-sdk/client-sqs';
import type { ReceiveRequest } from './receive-request.js';
import type { SsutPackage, SsutService } from './ssut-package.loader.cjs';
import { ssutHandlers } from './ssut-handlers.js';

const NAME = 'receiver';

interface Answer {
  readonly Messages?: readonly Message[];
}

export interface SsutConsumerOptions {
  readonly ssut: SsutPackage;
  readonly url: string;
  /** Resolves to undefined once there is nothing more to receive. */
  readonly nextRequest: () => Promise<ReceiveRequest | undefined>;
  readonly receive: (request: ReceiveRequest) => Promise<readonly Message[]>;
}

/**
 * One consumer that @ssut/nestjs-sqs registers and keeps polling. Each of its polls takes one request of the engine and becomes
 * that request's: as large, as long and as hidden as the engine has room for. What comes goes to its handler of batches, which
 * gives it to the engine and answers with an empty list, so that nothing is deleted.
 */
export class SsutConsumer {
  /** Whether a poll is under way. When not, the next one is about to come, or never will. */
  isPolling = false;
  /** Rejects when it could not be registered. */
  readonly started: Promise<void>;
  private readonly service: SsutService;
  private inHand: { readonly request: ReceiveRequest; readonly messages: readonly Message[] } | undefined;

  constructor(private readonly options: SsutConsumerOptions) {
    const consumer = {
      name: NAME,
      queueUrl: options.url,
      // In the place of the SDK's client, which is given the numbers that a poll began with.
      sqs: { send: (command: { input: object }) => this.send(command) },
      batchSize: 10,
      // The engine keeps the order of groups.
      suppressFifoWarning: true,
    };
    const handlers = ssutHandlers(options.ssut, NAME, {
      take: (messages) => this.take(messages),
      failed: () => this.failed(),
    });
    this.service = new options.ssut.SqsService({ consumers: [consumer], globalStopOptions: { abort: true } }, handlers);
    this.started = this.service.onModuleInit();
  }

  /** It polls no more; what it has in hand is still given to the engine. */
  async stop(): Promise<void> {
    await this.started.catch(() => undefined);
    this.service.onModuleDestroy();
  }

  private async send(command: { input: object }): Promise<Answer> {
    // The engine alone says what becomes of a message, so nothing else is ever passed on.
    if (!('MaxNumberOfMessages' in command.input)) return {};
    this.isPolling = true;
    try {
      const request = await this.options.nextRequest();
      return request ? await this.serve(request) : {};
    } finally {
      this.isPolling = false;
    }
  }

  private async serve(request: ReceiveRequest): Promise<Answer> {
    try {
      const messages = await this.options.receive(request);
      if (messages.length > 0) {
        this.inHand = { request, messages };
        return { Messages: messages };
      }
      request.resolve(messages);
    } catch (error) {
      // To the engine, which has a backoff; sqs-consumer would sleep for ten seconds after some errors, and not at all after others.
      request.reject(error);
    }
    return {};
  }

  private take(messages: readonly Message[]): void {
    this.inHand?.request.resolve(messages);
    this.inHand = undefined;
  }

  /** Whatever went wrong on the way to the handler, messages that came are the engine's. */
  private failed(): void {
    if (this.inHand) this.take(this.inHand.messages);
  }
}
