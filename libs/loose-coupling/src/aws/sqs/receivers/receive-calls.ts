import type { Message } from '@aws-sdk/client-sqs';
import { uuidv7 } from '../../../kernel/index.js';
import type { ReceiveOptions } from '../../../messaging/index.js';
import type { SqsApi } from '../../clients/aws-apis.js';
import { MAX_RECEIVE, SYSTEM_ATTRIBUTES, visibilitySeconds, waitSeconds } from './sqs-receiver.js';

/** The receives of one queue, as every receiver makes them. */
export class ReceiveCalls {
  /** Of a FIFO receive whose answer did not come: with it, the same messages are handed out again, instead of being hidden. */
  private lostAttempt: string | undefined;

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
    const attempt = this.fifo ? (this.lostAttempt ?? uuidv7()) : undefined;
    this.lostAttempt = undefined;
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
      if (abortSignal.aborted) return [];
      this.lostAttempt = attempt;
      throw error;
    }
  }
}
