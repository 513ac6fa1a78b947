import type { Message } from '@aws-sdk/client-sqs';
import type { ReceiveOptions } from '../../../messaging/index.js';

/** A receive that the engine waits for. The first of `resolve` and `reject` counts. */
export interface ReceiveRequest {
  readonly url: string;
  readonly options: ReceiveOptions;
  /** Ends it, with an empty list. */
  readonly signal: AbortSignal;
  resolve(messages: readonly Message[]): void;
  reject(error: unknown): void;
}
