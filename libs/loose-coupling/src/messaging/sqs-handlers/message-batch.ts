import type { SqsMessage } from './sqs-message.js';

/** SQS hands out no more at a time, and handlers of batches may count on it. */
const MAX_BATCH = 10;

interface Waiting {
  readonly message: SqsMessage;
  readonly resolve: (isDone: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs one handler for the messages that come within one turn of the event loop, as those of one receive do. */
export class MessageBatch {
  private waiting: Waiting[] = [];

  constructor(private readonly handle: (messages: SqsMessage[]) => Promise<unknown>) {}

  /** Resolves to whether the handler has done this message. */
  add(message: SqsMessage): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ message, resolve, reject });
      if (this.waiting.length === MAX_BATCH) void this.run();
      else if (this.waiting.length === 1) setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    const batch = this.waiting;
    if (batch.length === 0) return;
    this.waiting = [];
    try {
      const result = await this.handle(batch.map(({ message }) => message));
      const done = doneOf(result);
      for (const { message, resolve } of batch) resolve(!done || done.has(message.MessageId));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

/** The ids of those that the handler lists, or undefined when it lists nothing: then all are done. */
function doneOf(result: unknown): ReadonlySet<string | undefined> | undefined {
  if (!(result instanceof Object)) return undefined;
  return new Set(Array.isArray(result) ? result.map((each: SqsMessage | undefined) => each?.MessageId) : []);
}
