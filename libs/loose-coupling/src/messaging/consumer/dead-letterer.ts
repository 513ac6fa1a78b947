import type { Clock } from '../../kernel/index.js';
import type { EntryResult, MessageQueue, ReceivedMessage } from '../core/message-queue.js';
import type { Outcome } from '../core/outcome.js';
import type { ConsumerReporter } from './consumer-report.js';
import { deadLetterAttributes, deadLetterDetails, encodeBareDetails, encodeDetails } from './dead-letter-details.js';
import type { Deadlines } from './deadlines.js';

const ANSWER_TIMEOUT = 30_000;

export interface DeadLettererOptions {
  readonly queue: MessageQueue;
  readonly deadLetterQueue: MessageQueue | undefined;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly reporter: ConsumerReporter;
}

/** Copies messages that are given up to the dead-letter queue. The original is the caller's to delete, afterwards. */
export class DeadLetterer {
  constructor(private readonly options: DeadLettererOptions) {}

  /** Resolves to whether the dead-letter queue has accepted the copy; a failure is reported, never thrown. */
  async copy(message: ReceivedMessage, outcome: Extract<Outcome, { action: 'deadLetter' }>): Promise<boolean> {
    const { queue, deadLetterQueue, clock, reporter } = this.options;
    if (!deadLetterQueue) {
      const reason = `Queue ${queue.name} has no dead-letter queue, so a message that was given up stays in it`;
      reporter.report(new Error(reason, { cause: outcome.error }), 'deadLetter', message.messageId);
      return false;
    }
    try {
      const details = deadLetterDetails(message, { ...outcome, queue: queue.name, failedAt: clock.now() });
      let result = await this.send(deadLetterQueue, message, encodeDetails(details), details.redriveCount);
      if (result && !result.ok && result.permanent) {
        result = await this.send(deadLetterQueue, message, encodeBareDetails(details), details.redriveCount);
      }
      if (result?.ok) return true;
      throw result?.error ?? new Error(`${deadLetterQueue.name} gave no result for an entry`);
    } catch (error) {
      reporter.report(error, 'deadLetter', message.messageId);
      return false;
    }
  }

  private async send(
    target: MessageQueue,
    message: ReceivedMessage,
    details: string,
    redriveCount: number,
  ): Promise<EntryResult<{ messageId: string }> | undefined> {
    const call = target.send([
      {
        body: message.body,
        attributes: deadLetterAttributes(message, details),
        ...(message.groupId !== undefined && { groupId: message.groupId }),
        ...(target.fifo && {
          groupId: message.groupId ?? message.messageId,
          // Not the message's own: two messages may share that one when sent more than five minutes apart, and the
          // second to be given up would vanish here.
          deduplicationId: `${message.messageId}-${redriveCount}`,
        }),
      },
    ]);
    return (await this.options.deadlines.within(ANSWER_TIMEOUT, `Sending to ${target.name}`, call))[0];
  }
}
