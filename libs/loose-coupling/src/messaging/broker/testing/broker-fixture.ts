import { FakeClock } from '../../../testing/fake-clock.js';
import type { EntryResult, QueueEntry, ReceivedMessage } from '../../core/message-queue.js';
import type { LocalBroker, LocalQueueSpecification } from '../local-broker.js';

/** Opens a fresh, empty broker. */
export type OpenBroker = (clock: FakeClock) => Promise<LocalBroker>;

/** A broker with time in the test's hands. Queues are made with a visibility of 30 s unless a test says otherwise. */
export class BrokerFixture {
  private constructor(
    readonly broker: LocalBroker,
    readonly clock: FakeClock,
  ) {}

  static async open(open: OpenBroker): Promise<BrokerFixture> {
    const clock = new FakeClock();
    return new BrokerFixture(await open(clock), clock);
  }

  async queue(name: string, settings: Omit<LocalQueueSpecification, 'name'> = {}) {
    await this.broker.createQueue({ name, visibilityTimeout: 30_000, ...settings });
    return this.broker.queue(name);
  }

  async send(queue: string, ...entries: (string | QueueEntry)[]): Promise<EntryResult<{ messageId: string }>[]> {
    return this.broker.queue(queue).send(entries.map((entry) => (typeof entry === 'string' ? { body: entry } : entry)));
  }

  async receive(queue: string, max = 10, visibilityTimeout?: number): Promise<ReceivedMessage[]> {
    return this.broker
      .queue(queue)
      .receive({ max, wait: 0, ...(visibilityTimeout !== undefined && { visibilityTimeout }) });
  }

  /** The next message. Fails when there is none. */
  async receiveOne(queue: string, visibilityTimeout?: number): Promise<ReceivedMessage> {
    const [message] = await this.receive(queue, 1, visibilityTimeout);
    if (!message) throw new Error(`Nothing to receive from ${queue}`);
    return message;
  }

  /** Bodies of what can be received now. */
  async take(queue: string, max = 10): Promise<string[]> {
    return (await this.receive(queue, max)).map(({ body }) => body);
  }

  async delete(queue: string, ...messages: readonly (ReceivedMessage | undefined)[]): Promise<EntryResult[]> {
    return this.broker.queue(queue).delete(messages.map((message) => message?.receiptHandle ?? ''));
  }

  async changeVisibility(queue: string, message: ReceivedMessage | undefined, timeout: number): Promise<EntryResult> {
    const receiptHandle = message?.receiptHandle ?? '';
    const [result] = await this.broker.queue(queue).changeVisibility([{ receiptHandle, timeout }]);
    return result as EntryResult;
  }
}

/** The error code of a result; `ok` when there is none. */
export const codeOf = (result: EntryResult<unknown> | undefined): string =>
  result?.ok ? 'ok' : ((result?.error as { code?: string } | undefined)?.code ?? 'none');

export const inGroup = (groupId: string, body: string, deduplicationId = `${groupId}/${body}`): QueueEntry => ({
  body,
  groupId,
  deduplicationId,
});
