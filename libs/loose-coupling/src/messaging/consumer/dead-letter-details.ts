import { parseUntrustedJson, utf8Length } from '../../kernel/index.js';
import { DEAD_LETTER_ATTRIBUTE, type DeadLetterDetails } from '../core/dead-letter.js';
import type { ReceivedMessage } from '../core/message-queue.js';

const STACK_LINES = 10;
const LONGEST_MESSAGE = 1_000;
const LONGEST_STACK = 2_000;
const LARGEST_ATTRIBUTE = 4_096;
/** SQS delivers at most this many, ours included. */
const MOST_ATTRIBUTES = 10;
/** The envelope holds these as well, so they go first when there are too many. */
const EXPENDABLE = ['baggage', 'tracestate', 'traceparent'];

export interface Failure {
  readonly error: unknown;
  readonly handler?: string;
  readonly queue: string;
  readonly failedAt: number;
}

export function deadLetterDetails(message: ReceivedMessage, failure: Failure): DeadLetterDetails {
  const { error, handler } = failure;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    errorType: typeOf(error).slice(0, 200),
    ...(typeof code === 'string' && { errorCode: code.slice(0, 200) }),
    message: messageOf(error).slice(0, LONGEST_MESSAGE),
    ...(stack && { stack: stack.split('\n', STACK_LINES).join('\n').slice(0, LONGEST_STACK) }),
    failedAt: new Date(failure.failedAt).toISOString(),
    originalQueue: failure.queue,
    attempts: message.receiveCount,
    ...(handler !== undefined && { handler: handler.slice(0, 200) }),
    redriveCount: previousRedriveCount(message),
  };
}

/** The details as JSON of at most 4 KB: when they are larger, the stack goes first, then most of the message. */
export function encodeDetails(details: DeadLetterDetails): string {
  const whole = JSON.stringify(details);
  if (utf8Length(whole) <= LARGEST_ATTRIBUTE) return whole;
  const shorter = JSON.stringify({ ...details, stack: undefined });
  return utf8Length(shorter) <= LARGEST_ATTRIBUTE ? shorter : encodeBareDetails(details);
}

/** The least that says what happened, for a message that leaves hardly any room or has text a queue refuses. */
export function encodeBareDetails(details: DeadLetterDetails): string {
  return JSON.stringify({
    ...details,
    stack: undefined,
    message: details.message.replace(/[^ -~]/g, '?').slice(0, 100),
  });
}

/** The message's own attributes with ours added, ten at most. */
export function deadLetterAttributes(message: ReceivedMessage, details: string): Record<string, string> {
  const kept = new Map(Object.entries(message.attributes));
  kept.delete(DEAD_LETTER_ATTRIBUTE);
  for (const name of [...EXPENDABLE, ...[...kept.keys()].toReversed()]) {
    if (kept.size < MOST_ATTRIBUTES) break;
    kept.delete(name);
  }
  return { ...Object.fromEntries(kept), [DEAD_LETTER_ATTRIBUTE]: details };
}

function previousRedriveCount(message: ReceivedMessage): number {
  const previous = message.attributes[DEAD_LETTER_ATTRIBUTE];
  if (previous === undefined) return 0;
  try {
    const { redriveCount } = (parseUntrustedJson(previous) ?? {}) as Partial<DeadLetterDetails>;
    return Number.isSafeInteger(redriveCount) ? Math.max(0, redriveCount as number) : 0;
  } catch {
    return 0;
  }
}

function typeOf(error: unknown): string {
  if (error instanceof Error) return error.constructor.name || error.name;
  return error === null ? 'null' : typeof error;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return typeof error === 'object' ? (JSON.stringify(error) ?? '') : String(error);
  } catch {
    return 'A value that cannot be shown was thrown';
  }
}
