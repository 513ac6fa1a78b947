import type { FaultList } from '../../kernel/index.js';
import { BATCH_DEFAULTS, type OnBatchOptions } from '../batch/batch-options.js';
import type { ConsumerRateLimit } from '../consumer/receive-throttle.js';
import type { MessageContract } from '../contracts/message-contract.js';
import type { OnEventOptions } from '../decorators/handler-options.js';
import type { MessageHandler } from '../dispatch/message-handler.js';
import type { BoundTopic, QueueBinding } from './queue-binding.js';

const PER_QUEUE = ['concurrency', 'visibilityTimeout'] as const;
type PerQueue = Record<(typeof PER_QUEUE)[number], number>;

/** Collects the handlers of one queue, and the faults of those that do not go together. */
export class QueueBindingBuilder {
  private readonly handlers = new Map<string, MessageHandler>();
  private readonly topics: BoundTopic[] = [];
  private readonly settings: Partial<PerQueue> = {};
  private rateLimit: ConsumerRateLimit | undefined;
  private batchSize: number | undefined;
  private readonly members: string[] = [];

  constructor(
    private readonly queue: string,
    private readonly fifo: boolean,
  ) {}

  add(
    path: string,
    contract: MessageContract,
    handler: MessageHandler,
    options: OnEventOptions,
    faults: FaultList,
    batch = false,
  ): void {
    const others = this.members.join(', ');
    this.members.push(path);
    if (others && (batch || this.batchSize !== undefined)) {
      faults.say(`${path}: shares the queue "${this.queue}" with ${others}; a handler of batches needs one of its own`);
    }
    if (batch) this.batchSize = (options as OnBatchOptions).size ?? BATCH_DEFAULTS.size;
    if (contract.ordered !== this.fifo) {
      faults.say(
        `${path}: ${contract.name} is ${contract.ordered ? '' : 'not '}ordered, but the queue "${this.queue}"` +
          `${others ? ` of ${others}` : ''} is ${this.fifo ? '' : 'not '}FIFO; give it a queue of its own`,
      );
    }
    const rival = this.handlers.get(contract.name);
    if (rival) {
      const what = contract.kind === 'command' ? 'a command has one handler in a service' : 'give one another `queue`';
      faults.say(`${path}: ${contract.name} on the queue "${this.queue}" is already handled by ${rival.id}; ${what}`);
    }
    this.handlers.set(contract.name, handler);
    if (contract.kind === 'event') {
      const { filter } = options;
      this.topics.push({ name: contract.name, fifo: contract.ordered, ...(filter && { filter }) });
    }
    this.mergeSettings(path, others, options, faults);
  }

  build(defaults: PerQueue): QueueBinding {
    return {
      queue: this.queue,
      fifo: this.fifo,
      concurrency: this.concurrency(defaults),
      visibilityTimeout: this.settings.visibilityTimeout ?? defaults.visibilityTimeout,
      ...(this.batchSize !== undefined && { laneWidth: this.batchSize }),
      ...(this.rateLimit && { rateLimit: this.rateLimit }),
      handlers: this.handlers,
      topics: this.topics,
    };
  }

  /** In messages: a batch has to fit in. */
  private concurrency(defaults: PerQueue): number {
    if (this.batchSize === undefined) return this.settings.concurrency ?? defaults.concurrency;
    return this.batchSize * (this.settings.concurrency ?? BATCH_DEFAULTS.concurrency);
  }

  private mergeSettings(path: string, others: string, options: OnEventOptions, faults: FaultList): void {
    const { rateLimit = this.rateLimit } = options;
    if (this.rateLimit && JSON.stringify(rateLimit) !== JSON.stringify(this.rateLimit)) {
      faults.say(`${path}: its rateLimit contradicts that of ${others}; they share the queue "${this.queue}"`);
    }
    this.rateLimit = rateLimit;
    for (const key of PER_QUEUE) {
      const value = options[key];
      const before = this.settings[key];
      if (value === undefined) continue;
      if (before !== undefined && before !== value) {
        faults.say(`${path}: ${key} ${value} contradicts ${before} of ${others}; they share the queue "${this.queue}"`);
      }
      this.settings[key] = value;
    }
  }
}
