import { FakeClock } from '../../../testing/fake-clock.js';
import type { ReceivedMessage } from '../../core/message-queue.js';
import { ACKNOWLEDGE, type Outcome } from '../../core/outcome.js';
import type { ConsumerErrorDetails } from '../consumer-report.js';
import { QueueConsumer } from '../queue-consumer.js';
import type { QueueConsumerOptions } from '../queue-consumer-options.js';
import { InMemoryQueue } from './in-memory-queue.js';

/** A consumer on an in-memory queue, with time in the test's hands and handlers that end when the test says so. */
export class ConsumerFixture {
  readonly clock = new FakeClock();
  readonly queue: InMemoryQueue;
  readonly deadLetterQueue: InMemoryQueue;
  readonly errors: (ConsumerErrorDetails & { readonly error: unknown })[] = [];
  readonly started: string[] = [];
  readonly running = new Map<string, { message: ReceivedMessage; signal: AbortSignal; end(outcome?: Outcome): void }>();
  readonly consumer: QueueConsumer;
  mostAtOnce = 0;

  constructor(
    options: Partial<Omit<QueueConsumerOptions, 'queue'>> & { fifo?: boolean; withDeadLetterQueue?: boolean } = {},
  ) {
    const { fifo = false, withDeadLetterQueue = true, ...rest } = options;
    this.queue = new InMemoryQueue(fifo ? 'orders.fifo' : 'orders', fifo, this.clock);
    this.deadLetterQueue = new InMemoryQueue(fifo ? 'orders-dlq.fifo' : 'orders-dlq', fifo, this.clock);
    this.consumer = new QueueConsumer({
      queue: this.queue,
      ...(withDeadLetterQueue && { deadLetterQueue: this.deadLetterQueue }),
      handle: (message, signal) => this.hold(message, signal),
      clock: this.clock,
      random: () => 0.5,
      onError: (error, details) => this.errors.push({ ...details, error }),
      ...rest,
    });
  }

  /** Bodies still in the queue. */
  get left(): string[] {
    return this.queue.messages.map((message) => message.body);
  }

  /** Handlers that run, by message body. */
  get runningBodies(): string[] {
    return [...this.running.keys()];
  }

  async start(...bodies: Parameters<InMemoryQueue['put']>): Promise<void> {
    this.queue.put(...bodies);
    this.consumer.start();
    await this.settle();
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn += 1) await this.clock.advance(0);
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.settle();
  }

  /** Moves time in small steps, so that chains of events that take several turns keep their place in time. */
  async run(ms: number, step = 5): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) await this.advance(step);
  }

  async end(body: string, outcome: Outcome = ACKNOWLEDGE): Promise<void> {
    this.running.get(body)?.end(outcome);
    await this.settle();
  }

  /** Stops, with time passing for as long as that takes. */
  async stop(drainTimeout = 0): Promise<void> {
    const progress = { stopped: false };
    void this.consumer.stop({ drainTimeout }).then(() => (progress.stopped = true));
    await this.settle();
    for (let second = 0; second < 60 && !progress.stopped; second += 1) await this.advance(1_000);
  }

  hold(message: ReceivedMessage, signal: AbortSignal): Promise<Outcome> {
    this.started.push(message.body);
    return new Promise((resolve) => {
      const end = (outcome: Outcome = ACKNOWLEDGE) => {
        this.running.delete(message.body);
        resolve(outcome);
      };
      this.running.set(message.body, { message, signal, end });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.running.size);
    });
  }
}

export const bodies = (count: number, prefix = 'm'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
