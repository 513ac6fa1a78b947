import { DEAD_LETTER_ATTRIBUTE } from '../core/dead-letter.js';
import type { MessageQueue, QueueEntry, ReceivedMessage } from '../core/message-queue.js';
import type { MessageTransport } from '../core/message-transport.js';
import { originalQueueName } from './dead-letter-queue-names.js';
import { toDeadLetterMessage, type DeadLetterMessage, type RedriveOptions, type RedriveResult } from './dead-letter.js';

const BATCH = 10;
/** Long enough to send a batch; what is skipped is shown again when the run ends. */
const VISIBILITY_TIMEOUT = 120_000;

/** Without one, SQS asks some of its servers only, and may say that a queue is empty which is not. */
const SHORT_WAIT = 1_000;

interface Job extends RedriveOptions {
  readonly maxRedrives: number;
}

interface Candidate {
  readonly received: ReceivedMessage;
  readonly letter: DeadLetterMessage;
}

/** Sends the messages of one dead-letter queue back to where they came from. */
export async function redriveQueue(transport: MessageTransport, name: string, job: Job): Promise<RedriveResult> {
  const source = transport.queue(name);
  const target = transport.queue(originalQueueName(name));
  const limit = job.limit ?? Number.POSITIVE_INFINITY;
  const skipped: ReceivedMessage[] = [];
  let redriven = 0;
  // Messages that fail again while this runs return to the end of the queue and are not taken twice.
  const { available } = await source.depth();
  let left = available;
  let hidden = 0;
  try {
    while (redriven < limit && left > 0) {
      const max = Math.min(BATCH, limit - redriven, left);
      const received = await source.receive({ max, wait: SHORT_WAIT, visibilityTimeout: VISIBILITY_TIMEOUT });
      if (received.length === 0) break;
      left -= received.length;
      const candidates = received.map((message) => ({
        received: message,
        letter: toDeadLetterMessage(message, originalQueueName(name)),
      }));
      const chosen = candidates.filter(({ letter }) => isChosen(letter, job));
      skipped.push(...candidates.filter((each) => !chosen.includes(each)).map((each) => each.received));
      redriven += await sendBack(target, source, chosen);
    }
    // What the limit left is there for the next run to see.
    hidden = await countHidden(source, redriven < limit ? left : 0, skipped.length);
  } finally {
    await showAgain(source, skipped);
  }
  return { redriven, skipped: skipped.length, hidden };
}

/** Those in flight when the run ends, which the skipped ones still are, and those that were there and never came. */
async function countHidden(source: MessageQueue, neverCame: number, skipped: number): Promise<number> {
  const { available, inFlight, delayed } = await source.depth();
  return Math.max(0, inFlight - skipped) + delayed + Math.min(available, neverCame);
}

const isChosen = (letter: DeadLetterMessage, { filter, maxRedrives }: Job): boolean =>
  letter.details.redriveCount < maxRedrives && (filter?.(letter) ?? true);

/** To the queue that this one is named after: the attribute of a message may have been written by anyone. */
async function sendBack(target: MessageQueue, source: MessageQueue, candidates: readonly Candidate[]): Promise<number> {
  if (candidates.length === 0) return 0;
  const results = await target.send(candidates.map((candidate) => toEntry(candidate, target.fifo)));
  const accepted = candidates.filter((_, index) => results[index]?.ok);
  await source.delete(accepted.map(({ received }) => received.receiptHandle));
  const refused = results.find((result) => !result.ok);
  if (refused && !refused.ok) {
    await showAgain(
      source,
      candidates.filter((each) => !accepted.includes(each)).map((each) => each.received),
    );
    throw refused.error;
  }
  return accepted.length;
}

/** The message as it was, with one more redrive to its name. */
function toEntry({ received, letter }: Candidate, fifo: boolean): QueueEntry {
  const redriveCount = letter.details.redriveCount + 1;
  return {
    body: received.body,
    attributes: {
      ...received.attributes,
      [DEAD_LETTER_ATTRIBUTE]: JSON.stringify({ ...letter.details, redriveCount }),
    },
    // Of a queue without order it is the tenant.
    ...(received.groupId !== undefined && { groupId: received.groupId }),
    ...(fifo && {
      groupId: received.groupId ?? received.messageId,
      // A queue would swallow the id that the message was first sent with.
      deduplicationId: `${received.messageId}-${redriveCount}`,
    }),
  };
}

async function showAgain(source: MessageQueue, messages: readonly ReceivedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await source.changeVisibility(messages.map(({ receiptHandle }) => ({ receiptHandle, timeout: 0 })));
}
