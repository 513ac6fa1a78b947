import type { MessageQueue } from '../core/message-queue.js';
import { BatchWriter, type BatchWriterOptions } from './batch-writer.js';
import type { InFlightMessage, WriteResult } from './in-flight-message.js';

/** Tells the queue what became of messages. On FIFO queues at once, as the rest of the group waits for it. */
export class Acknowledger {
  private readonly deletes: BatchWriter;
  private readonly changes: BatchWriter;
  private readonly atOnce: boolean;

  constructor(queue: MessageQueue, options: Omit<BatchWriterOptions, 'activity' | 'call'>) {
    this.atOnce = queue.fifo;
    this.deletes = new BatchWriter({
      ...options,
      activity: 'acknowledge',
      call: (entries) => queue.delete(entries.map((entry) => entry.message.receiptHandle)),
    });
    this.changes = new BatchWriter({
      ...options,
      activity: 'changeVisibility',
      call: (entries) =>
        queue.changeVisibility(
          entries.map(({ message, timeout, unhandled }) => ({
            receiptHandle: message.receiptHandle,
            timeout,
            ...(unhandled && { unhandled }),
          })),
        ),
    });
  }

  delete(entry: InFlightMessage): Promise<WriteResult> {
    return this.deletes.write(entry, this.atOnce);
  }

  /** Makes the message receivable after `timeout` milliseconds. The caller has capped it. */
  handBack(entry: InFlightMessage, timeout: number): Promise<WriteResult> {
    entry.timeout = timeout;
    return this.changes.write(entry, this.atOnce);
  }

  /** Makes messages that never ran receivable now, in as few calls as there can be. */
  release(entries: readonly InFlightMessage[]): Promise<WriteResult[]> {
    const written = entries.map((entry) => {
      entry.timeout = 0;
      entry.unhandled = true;
      return this.changes.write(entry, false);
    });
    this.changes.flush();
    return Promise.all(written);
  }

  hurry(): void {
    this.deletes.hurry();
    this.changes.hurry();
  }

  close(): void {
    this.deletes.close();
    this.changes.close();
  }
}
