import type { DeadLetterDetails } from '../core/dead-letter.js';
import type { QueueDepth, ReceivedMessage } from '../core/message-queue.js';
import { readDeadLetterDetails } from '../dispatch/dead-letter-details.reader.js';
import { decodeMessage } from '../envelope/decode-envelope.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';

/** A message that was given up. */
export interface DeadLetterMessage {
  readonly messageId: string;
  /** As it was sent. */
  readonly body: string;
  /** Absent when the body cannot be read. */
  readonly envelope?: MessageEnvelope;
  /** Why and where it failed. */
  readonly details: DeadLetterDetails;
}

export interface DeadLetterQueueState extends QueueDepth {
  readonly name: string;
  readonly originalQueue: string;
}

export interface RedriveOptions {
  /** Most messages to send back. Default: all that are there. */
  readonly limit?: number;
  /** Which messages to send back; the others stay. Default: all. */
  readonly filter?: (message: DeadLetterMessage) => boolean;
}

export interface RedriveResult {
  /** Sent back to the queues they came from. */
  readonly redriven: number;
  /** Left where they are: filtered out, or sent back too often already. */
  readonly skipped: number;
  /**
   * Could not be looked at now: they are being handled, wait for another attempt, or stand behind skipped ones in their
   * FIFO group. Counted when the run ends; what arrives meanwhile may be among them.
   */
  readonly hidden: number;
}

/** Reads what a dead-letter queue hands out. */
export function toDeadLetterMessage(message: ReceivedMessage, originalQueue: string): DeadLetterMessage {
  const { messageId, body, attributes, sentAt } = message;
  const details = readDeadLetterDetails(message, originalQueue);
  try {
    return { messageId, body, envelope: decodeMessage(body, attributes, sentAt).envelope, details };
  } catch {
    return { messageId, body, details };
  }
}
