import { type Clock, sleep } from '../../../kernel/index.js';
import type { ReceivedMessage, VisibilityChange } from '../../core/message-queue.js';
import type { InMemoryQueue, Operation } from './in-memory-queue.js';
import { FAULTS_END, type FaultPlan } from './simulation-plan.js';

/** Makes queues fail in the ways that real ones do, and says which messages may suffer from it. */
export class FaultInjector {
  happened = false;

  constructor(
    private readonly plan: FaultPlan,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly excuse: (body: string) => void,
    private readonly duplicated: (body: string) => void,
  ) {}

  infest(queue: InMemoryQueue): void {
    queue.hooks = {
      before: async (operation, detail) => {
        await this.delay(queue, operation, detail);
        if (this.strikes(this.plan.reject)) this.fail(queue, operation, detail);
      },
      after: async (operation, detail, result) => {
        await this.travel();
        if (this.strikes(this.plan.loseAnswer)) this.fail(queue, operation, operation === 'receive' ? result : detail);
      },
      entry: (_operation, subject) => {
        if (!this.strikes(this.plan.refuseEntry)) return undefined;
        this.excuseSubject(queue, subject);
        return { error: new Error('entry refused'), permanent: this.random() < 0.1 };
      },
      duplicates: (message) => {
        if (!this.strikes(this.plan.duplicate)) return false;
        this.duplicated(message.body);
        return true;
      },
    };
  }

  /** Makes messages in flight visible to others every now and then. */
  expireReceiptsOf(queue: InMemoryQueue): void {
    this.clock.setTimer(() => {
      for (const message of queue.messages) {
        if (!queue.isInFlight(message) || !this.strikes(this.plan.expire)) continue;
        Object.assign(message, { visibleAt: this.clock.monotonic(), receipt: undefined });
        this.excuse(message.body);
      }
      if (this.clock.monotonic() < FAULTS_END) this.expireReceiptsOf(queue);
    }, 1_000);
  }

  private strikes(probability: number): boolean {
    if (this.clock.monotonic() >= FAULTS_END || this.random() >= probability) return false;
    this.happened = true;
    return true;
  }

  private async delay(queue: InMemoryQueue, operation: Operation, detail: unknown): Promise<void> {
    if (this.strikes(this.plan.hang)) {
      this.excuseDetail(queue, operation, detail);
      return new Promise(() => undefined);
    }
    if (this.strikes(this.plan.slow)) {
      this.excuseDetail(queue, operation, detail);
      return sleep(this.clock, this.random() * 40_000);
    }
    return this.travel();
  }

  private async travel(): Promise<void> {
    if (this.random() < 0.5) await sleep(this.clock, this.random() * 30);
  }

  private fail(queue: InMemoryQueue, operation: Operation, detail: unknown): never {
    this.excuseDetail(queue, operation, detail);
    throw new Error('connection lost');
  }

  private excuseDetail(queue: InMemoryQueue, operation: Operation, detail: unknown): void {
    if (!Array.isArray(detail)) return;
    for (const entry of detail as (string | VisibilityChange | ReceivedMessage)[]) {
      if (typeof entry === 'string') this.excuseSubject(queue, entry);
      else if ('body' in entry) this.excuse(entry.body);
      else if (operation === 'changeVisibility') this.excuseSubject(queue, entry.receiptHandle);
    }
  }

  /** A receipt handle, or the body of a message that is sent. */
  private excuseSubject(queue: InMemoryQueue, subject: string): void {
    const [messageId] = subject.split('#');
    this.excuse(queue.messages.find((message) => message.messageId === messageId)?.body ?? subject);
  }
}
