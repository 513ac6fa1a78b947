import { Inject, Injectable } from '@nestjs/common';
import { deadLetterQueueName } from '../core/dead-letter.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import { MessageTransport } from '../core/message-transport.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from '../messaging-options.js';
import { isDeadLetterQueueName, originalQueueName } from './dead-letter-queue-names.js';
import {
  toDeadLetterMessage,
  type DeadLetterMessage,
  type DeadLetterQueueState,
  type RedriveOptions,
  type RedriveResult,
} from './dead-letter.js';
import { redriveQueue } from './redrive-queue.js';

/** Looks into dead-letter queues and sends messages back. Queues are named by either name, with or without `-dlq`. */
@Injectable()
export class DeadLetterQueues {
  constructor(
    private readonly transport: MessageTransport,
    @Inject(MESSAGING_OPTIONS) private readonly options: Pick<MessagingOptions, 'maxRedrives'>,
  ) {}

  /** All dead-letter queues of the transport, also those of other services, in the order of their names. */
  async list(): Promise<DeadLetterQueueState[]> {
    const names = (await this.transport.listQueues()).filter(isDeadLetterQueueName).toSorted();
    return Promise.all(
      names.map(async (name) => ({
        name,
        originalQueue: originalQueueName(name),
        ...(await this.transport.queue(name).depth()),
      })),
    );
  }

  /**
   * The next messages of a dead-letter queue, which stay in it. Others see them again at once.
   * @throws {UnknownQueueError}
   */
  async peek(queue: string, { limit = 10 }: { readonly limit?: number } = {}): Promise<DeadLetterMessage[]> {
    const name = toDeadLetterQueueName(queue);
    const source = this.transport.queue(name);
    const taken = new Map<string, ReceivedMessage>();
    try {
      while (taken.size < limit) {
        const received = await source.receive({ max: Math.min(10, limit - taken.size), wait: 0 });
        if (received.length === 0) break;
        for (const message of received) taken.set(message.messageId, message);
      }
    } finally {
      const receipts = [...taken.values()].map(({ receiptHandle }) => ({ receiptHandle, timeout: 0 }));
      if (receipts.length > 0) await source.changeVisibility(receipts);
    }
    return [...taken.values()].map((message) => toDeadLetterMessage(message, originalQueueName(name)));
  }

  /**
   * Sends messages back to the queues they came from, where they are handled as if new. A message that was sent back
   * `maxRedrives` times stays, so that none goes round for ever. Sends before it removes: when it is interrupted, a
   * message may be handled twice, and none is lost.
   * @throws {UnknownQueueError}
   */
  redrive(queue: string, options: RedriveOptions = {}): Promise<RedriveResult> {
    const name = toDeadLetterQueueName(queue);
    return redriveQueue(this.transport, name, { ...options, maxRedrives: this.options.maxRedrives });
  }
}

const toDeadLetterQueueName = (queue: string): string =>
  isDeadLetterQueueName(queue) ? queue : deadLetterQueueName(queue);
