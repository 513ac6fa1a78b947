import type { Message } from '@aws-sdk/client-sqs';
import type { ReceiveOptions } from '../../../messaging/index.js';

/** Long-polls one queue. An abort ends the wait with an empty list. */
export interface SqsReceiver {
  receive(url: string, options: ReceiveOptions): Promise<readonly Message[]>;
  /** Ends waits, and resolves when nothing of it is under way. */
  close(): Promise<void>;
}

/** SQS hands out no more at a time. */
export const MAX_RECEIVE = 10;
const MAX_WAIT_SECONDS = 20;

/** What is asked for beside the body. */
export const SYSTEM_ATTRIBUTES = [
  'ApproximateReceiveCount',
  'SentTimestamp',
  'MessageGroupId',
  'MessageDeduplicationId',
  'AWSTraceHeader',
] as const;

/** A wait is rounded up to a second: SQS knows no shorter one but none. */
export const waitSeconds = (wait: number): number => Math.min(MAX_WAIT_SECONDS, Math.ceil(wait / 1_000));

/** Rounded up, so that a message is never visible to others sooner than was asked for. */
export const visibilitySeconds = (timeout: number): number => Math.min(43_200, Math.ceil(timeout / 1_000));
