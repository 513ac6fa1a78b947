import type { MessageContract } from '../contracts/message-contract.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { DeadLetterDetails } from '../core/dead-letter.js';

/** What a handler gets beside the data. Nest guards and interceptors see it as the RPC context. */
export interface MessageContext {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** When it was made, epoch milliseconds. */
  readonly time: number;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly tenantId?: string;
  readonly partitionKey?: string;
  /** On FIFO queues: messages of one group are in order. */
  readonly groupId?: string;
  readonly traceparent?: string;
  /** Of a request that may come again with another id, as the steps of workflows do: the same effect has the same key. */
  readonly idempotencyKey?: string;
  /** Queue it was received from. */
  readonly queue: string;
  /** Stable name of the handler: duplicates are recognised per handler. */
  readonly handler: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Whether a failure of this attempt sends the message to the dead-letter queue. */
  readonly lastAttempt: boolean;
  /** Aborted when the message is lost to another consumer, or the drain timeout of a shutdown has passed. */
  readonly signal: AbortSignal;
  /** Whether duplicates shall be recognised; false when the handler said `inbox: false`. Default true. */
  readonly inbox?: boolean;
  readonly envelope: MessageEnvelope;
  readonly contract?: MessageContract;
  /** In `@OnDeadLetter` handlers: why the message is there. */
  readonly deadLetter?: DeadLetterDetails;
}
