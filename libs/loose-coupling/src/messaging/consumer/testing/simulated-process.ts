import { Clock, type Timer } from '../../../kernel/index.js';
import type {
  MessageQueue,
  QueueEntry,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from '../../core/message-queue.js';

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** A clock whose timers can be listed, and all cancelled at once. */
export class ProcessClock extends Clock {
  private readonly dues = new Map<Timer, number>();
  private dead = false;

  constructor(private readonly world: Clock) {
    super();
  }

  override now(): number {
    return this.world.now();
  }

  override monotonic(): number {
    return this.world.monotonic();
  }

  override setTimer(callback: () => void, delayMs: number): Timer {
    if (this.dead) return { cancel: () => undefined };
    const inner = this.world.setTimer(() => {
      this.dues.delete(timer);
      callback();
    }, delayMs);
    const timer: Timer = {
      cancel: () => {
        this.dues.delete(timer);
        inner.cancel();
      },
    };
    this.dues.set(timer, this.monotonic() + Math.max(0, delayMs));
    return timer;
  }

  get pendingTimers(): number {
    return this.dues.size;
  }

  get nextDue(): number {
    return Math.min(...this.dues.values());
  }

  kill(): void {
    this.dead = true;
    for (const timer of this.dues.keys()) timer.cancel();
  }
}

/** One process that runs a consumer. It can die between any two of its steps: then nothing of it happens any more. */
export class SimulatedProcess {
  readonly clock: ProcessClock;
  /** Timers of handlers, apart from the consumer's own. */
  readonly handlerClock: ProcessClock;
  dead = false;

  constructor(
    world: Clock,
    private stepsLeft: number,
    private readonly onCrash: () => void,
    /** Told of messages that a receive brought to the dead process. */
    private readonly onOrphans: (messages: readonly ReceivedMessage[]) => void,
  ) {
    this.clock = new ProcessClock(world);
    this.handlerClock = new ProcessClock(world);
  }

  /** Runs one asynchronous step, before and after which the process may die. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    if (this.diesNow()) return never();
    try {
      const result = await work();
      return this.diesNow() ? await never() : result;
    } catch (error) {
      if (this.diesNow()) return never();
      throw error;
    }
  }

  kill(): void {
    this.dead = true;
    this.clock.kill();
    this.handlerClock.kill();
  }

  /** The queue as this process reaches it. */
  connect(queue: MessageQueue): MessageQueue {
    return {
      name: queue.name,
      fifo: queue.fifo,
      send: (entries: readonly QueueEntry[]) => this.step(() => queue.send(entries)),
      receive: (options: ReceiveOptions) =>
        this.step(async () => {
          const messages = await queue.receive(options);
          if (this.dead) this.onOrphans(messages);
          return messages;
        }),
      delete: (handles: readonly string[]) => this.step(() => queue.delete(handles)),
      changeVisibility: (changes: readonly VisibilityChange[]) => this.step(() => queue.changeVisibility(changes)),
      depth: () => queue.depth(),
    };
  }

  private diesNow(): boolean {
    if (!this.dead && --this.stepsLeft === 0) {
      this.kill();
      this.onCrash();
    }
    return this.dead;
  }
}
