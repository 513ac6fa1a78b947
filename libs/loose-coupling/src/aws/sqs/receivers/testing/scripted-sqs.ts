import type { Message, ReceiveMessageCommandInput } from '@aws-sdk/client-sqs';
import type { SqsApi } from '../../../clients/aws-apis.js';

type Answer = readonly string[] | Error;

/** A queue of which each receive waits until the test answers it. */
export class ScriptedSqs implements Pick<SqsApi, 'receiveMessage'> {
  readonly inputs: ReceiveMessageCommandInput[] = [];
  private readonly waiting: ((answer: Answer) => void)[] = [];

  get underWay(): number {
    return this.waiting.length;
  }

  readonly receiveMessage: SqsApi['receiveMessage'] = (input, { abortSignal } = {}) => {
    this.inputs.push(input);
    return new Promise((resolve, reject) => {
      const settle = (answer: Answer) => {
        const at = this.waiting.indexOf(settle);
        if (at >= 0) this.waiting.splice(at, 1);
        if (answer instanceof Error) reject(answer);
        else resolve({ $metadata: {}, Messages: answer.map(messageOf) });
      };
      this.waiting.push(settle);
      abortSignal?.addEventListener('abort', () => settle(new Error('Request aborted')));
    });
  };

  /** The oldest receive; waits for one. */
  async answer(answer: Answer): Promise<void> {
    await this.until(() => this.waiting.length > 0);
    this.waiting[0]?.(answer);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await turn();
  }
}

const messageOf = (id: string): Message => ({ MessageId: id, ReceiptHandle: `r-${id}`, Body: id });

/** Long enough for a consumer to come back, by the timer that it has for that. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
