import type { Message } from '@aws-sdk/client-sqs';
import { uuidv7 } from '../../../kernel/index.js';
import type { ReceiveOptions } from '../../../messaging/index.js';
import type { SqsApi } from '../../clients/aws-apis.js';
import { MAX_RECEIVE, SYSTEM_ATTRIBUTES, visibilitySeconds, waitSeconds } from './sqs-receiver.js';

/** The receives of one queue, as every receiver makes them. */
export class ReceiveCalls {
  /**
   * Of FIFO receives whose answer did not come, or was not waited for: with its id, SQS hands out the same messages again, for 5 minutes, instead
   * of hiding them for as long as their visibility timeout. Later it is an id like any other. No more than receives were under way at once.
   */
  private readonly lostAttempts: string[] = [];

  constructor(
    private readonly api: Pick<SqsApi, 'receiveMessage'>,
    private readonly fifo: boolean,
  ) {}

  /** An abort ends it with an empty list. */
  async receive(
    url: string,
    { max, wait, visibilityTimeout }: ReceiveOptions,
    abortSignal: AbortSignal,
  ): Promise<readonly Message[]> {
    if (abortSignal.aborted) return [];
    const attempt = this.fifo ? (this.lostAttempts.shift() ?? uuidv7()) : undefined;
    try {
      const { Messages = [] } = await this.api.receiveMessage(
        {
          QueueUrl: url,
          MaxNumberOfMessages: Math.min(max, MAX_RECEIVE),
          WaitTimeSeconds: waitSeconds(wait),
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
          ...(visibilityTimeout !== undefined && { VisibilityTimeout: visibilitySeconds(visibilityTimeout) }),
          ...(attempt !== undefined && { ReceiveRequestAttemptId: attempt }),
        },
        { abortSignal },
      );
      return Messages;
    } catch (error) {
      if (attempt !== undefined) this.lostAttempts.push(attempt);
      if (abortSignal.aborted) return [];
      throw error;
    }
  }
}
