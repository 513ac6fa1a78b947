/** One message as a queue hands it out. The receipt is valid until the visibility timeout ends. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** String attributes sent with the message, at most 10. */
  readonly attributes: Readonly<Record<string, string>>;
  /** How often the message was handed out, this time included. Reset by a redrive. */
  readonly receiveCount: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** FIFO queues: messages of one group are handed out in order, one batch in flight at a time. Others on SQS: who shares them fairly. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** `X-Amzn-Trace-Id` of the sender, where AWS X-Ray traced it. */
  readonly traceHeader?: string;
  /** The message as the service behind the queue has it, where there is one. */
  readonly native?: object;
}

/** One message to put on a queue. */
export interface QueueEntry {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Milliseconds until the message can be received. Default 0. Refused on FIFO queues, as SQS does. */
  readonly delay?: number;
  /** FIFO queues: what must stay in order. Others on SQS: who shares them fairly. */
  readonly groupId?: string;
  /** FIFO queues: a second message with this id within five minutes is accepted and not delivered. */
  readonly deduplicationId?: string;
  /** Trace of the sender, as X-Ray writes it; SQS hands it on as `AWSTraceHeader`. */
  readonly traceHeader?: string;
}

/** The fate of one entry of a batch, in the order of the request. */
export type EntryResult<Success = void> =
  | { readonly ok: true; readonly value: Success }
  | {
      readonly ok: false;
      readonly error: Error;
      /** True when sending the entry again cannot help. */ readonly permanent: boolean;
    };

export interface ReceiveOptions {
  /** Most messages to return, from 1. An adapter may return fewer than are there (SQS: 10). */
  readonly max: number;
  /** How long to wait for a first message, in milliseconds. */
  readonly wait: number;
  /** Ends the wait; resolves to an empty list. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the messages stay hidden from others. Default: the queue's own. */
  readonly visibilityTimeout?: number;
}

export interface VisibilityChange {
  readonly receiptHandle: string;
  /** Milliseconds from now. 0 makes the message receivable at once. */
  readonly timeout: number;
  /** The message never ran, so this receive is not to count as an attempt. A queue that cannot do that ignores it. */
  readonly unhandled?: boolean;
}

export interface QueueDepth {
  /** Messages that can be received now. */
  readonly available: number;
  /** Received and neither deleted nor visible again. */
  readonly inFlight: number;
  readonly delayed: number;
}

/** A queue with the semantics of SQS, whichever the transport. */
export interface MessageQueue {
  readonly name: string;
  readonly fifo: boolean;
  /** Resolves once every entry was accepted or refused. */
  send(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]>;
  receive(options: ReceiveOptions): Promise<ReceivedMessage[]>;
  /** Acknowledges. An entry fails with `ReceiptExpiredError` when the receipt is no longer valid. */
  delete(receiptHandles: readonly string[]): Promise<EntryResult[]>;
  changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]>;
  depth(): Promise<QueueDepth>;
}
