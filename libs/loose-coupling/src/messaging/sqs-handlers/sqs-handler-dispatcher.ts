import type { HandleMessage } from '../consumer/message-processor.js';
import { ACKNOWLEDGE, type Outcome } from '../core/outcome.js';
import type { DispatchLog } from '../dispatch/dispatch-log.js';
import { MessageBatch } from './message-batch.js';
import type { SqsEventHandlers } from './sqs-event-handlers.js';
import { toSqsMessage, type SqsMessage } from './sqs-message.js';

export interface SqsHandlerSettings {
  readonly queue: string;
  /** For the log: class and method. */
  readonly name: string;
  readonly batch: boolean;
  readonly call: (given: SqsMessage | SqsMessage[]) => unknown;
  /** Milliseconds until a message comes again that was not done. */
  readonly retryDelay: number;
  readonly events: SqsEventHandlers;
  readonly log: DispatchLog;
}

/**
 * Runs a `@SqsMessageHandler` by the rules of sqs-consumer 11: a message is done when the handler resolves with nothing, with a
 * plain value or with the message itself; with another object, or when it throws, it comes again. A handler of batches may list
 * those that are done. What comes again too often is the redrive policy's of the queue.
 */
export class SqsHandlerDispatcher {
  private readonly run: (message: SqsMessage) => Promise<boolean>;

  constructor(private readonly settings: SqsHandlerSettings) {
    const batch = new MessageBatch((messages) => this.runBatch(messages));
    this.run = settings.batch ? (message) => batch.add(message) : (message) => this.runOne(message);
  }

  readonly handle: HandleMessage = async (received): Promise<Outcome> => {
    const { queue, name, events, log, retryDelay: delay } = this.settings;
    const message = toSqsMessage(received);
    events.emit('message_received', message);
    let failure: unknown;
    try {
      if (await this.run(message)) {
        events.emit('message_processed', message);
        return ACKNOWLEDGE;
      }
      failure = new Error('Its handler did not name it as done');
    } catch (error) {
      failure = error;
    }
    const outcome: Outcome = { action: 'retry', delay, error: failure };
    log.failed(outcome, failure, { queue, handler: name, id: received.messageId, attempt: received.receiveCount });
    return outcome;
  };

  private async runOne(message: SqsMessage): Promise<boolean> {
    try {
      const result = await this.settings.call(message);
      return !(result instanceof Object) || (result as SqsMessage).MessageId === message.MessageId;
    } catch (error) {
      this.settings.events.emit('processing_error', error, message);
      throw error;
    }
  }

  private async runBatch(messages: SqsMessage[]): Promise<unknown> {
    try {
      return await this.settings.call(messages);
    } catch (error) {
      this.settings.events.emit('error', error, messages);
      throw error;
    }
  }
}
