import { sleep } from '../../../kernel/index.js';
import { FakeClock } from '../../../testing/fake-clock.js';
import type { ReceivedMessage } from '../../core/message-queue.js';
import { ACKNOWLEDGE, type Outcome } from '../../core/outcome.js';
import { QueueConsumer } from '../queue-consumer.js';
import { FaultInjector } from './fault-injector.js';
import { InMemoryQueue } from './in-memory-queue.js';
import { ProcessClock, SimulatedProcess } from './simulated-process.js';
import { SimulationLog } from './simulation-log.js';
import {
  FAULTS_END,
  LARGEST_BODY,
  type MessagePlan,
  seededRandom,
  type SimulationPlan,
  VISIBILITY,
} from './simulation-plan.js';

/** By then everything has come to rest, or something is stuck. */
const END_OF_TIME = 2 * 3_600_000;
/** Most messages come within it, so a restart then meets the most work. */
const BUSY_TIME = 25_000;
/** Milliseconds; sums of fractions may fall short of the time of a timer. */
const ROUNDING = 0.001;
/** Turns of the event loop in which a chain of reactions ends. */
const TURNS = 5;

/** Runs consumers in a world of fake time, faults and crashes, and lists every promise that was broken. */
export class Simulation {
  private readonly world = new FakeClock();
  private readonly server = new ProcessClock(this.world);
  private readonly random: () => number;
  private readonly queue: InMemoryQueue;
  private readonly deadLetterQueue: InMemoryQueue;
  private readonly processes = new Map<SimulatedProcess, QueueConsumer>();
  private readonly stopping = new Set<SimulatedProcess>();
  private readonly log: SimulationLog;
  private readonly faults: FaultInjector;
  private crashesLeft: number;
  private starting = 0;
  private unsent: number;

  constructor(private readonly plan: SimulationPlan) {
    this.random = seededRandom(plan.seed ^ 0x5eed);
    this.queue = new InMemoryQueue('q', plan.fifo, this.server);
    this.deadLetterQueue = new InMemoryQueue('dlq', plan.fifo, this.server);
    this.log = new SimulationLog(plan, this.deadLetterQueue);
    this.faults = new FaultInjector(
      plan.faults,
      this.server,
      this.random,
      (body) => this.log.excuse(body),
      (body) => this.log.duplicated(body),
    );
    this.faults.infest(this.queue);
    this.faults.infest(this.deadLetterQueue);
    this.queue.hooks.deleting = (message) => this.log.deleting(message.body);
    this.crashesLeft = plan.faults.crashes;
    this.unsent = plan.messages.length;
  }

  /** Resolves to the promises that were broken: none, if all is well. */
  async run(): Promise<readonly string[]> {
    for (const message of this.plan.messages) this.sendLater(message);
    for (let index = 0; index < this.plan.processes; index += 1) this.startProcess();
    for (let index = 0; index < this.plan.faults.restarts; index += 1) {
      this.server.setTimer(() => void this.restart(), this.random() * BUSY_TIME);
    }
    this.faults.expireReceiptsOf(this.queue);
    while (!this.isAtRest() && this.world.monotonic() < END_OF_TIME) await this.moveOn();
    await this.stopAll();
    return this.log.close(this.queue, this.faults.happened || this.crashesLeft < this.plan.faults.crashes);
  }

  /** Every call of a run, to compare runs. */
  get trace(): readonly string[] {
    return this.queue.calls.map(({ at, operation, detail }) => `${at} ${operation} ${JSON.stringify(detail)}`);
  }

  private isAtRest(): boolean {
    const handsEmpty = [...this.processes.values()].every((consumer) => consumer.inFlight === 0);
    return (
      this.unsent === 0 && this.starting === 0 && !this.isStopping() && this.queue.messages.length === 0 && handsEmpty
    );
  }

  private isStopping(): boolean {
    return [...this.processes.keys()].some((process) => this.stopping.has(process));
  }

  /** To the next timer, once everything that is ready has run. */
  private async moveOn(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const clocks = [
      this.server,
      ...[...this.processes.keys()].flatMap(({ clock, handlerClock }) => [clock, handlerClock]),
    ];
    const next = Math.min(...clocks.map(({ nextDue }) => nextDue));
    await this.world.advance(Math.max(0, Math.min(next, END_OF_TIME) - this.world.monotonic() + ROUNDING));
  }

  private sendLater({ body, groupId, sendAt }: MessagePlan): void {
    this.server.setTimer(() => {
      this.queue.put({ body, ...(groupId !== undefined && { groupId }) });
      this.unsent -= 1;
    }, sendAt);
  }

  private startProcess(): void {
    const crashesAfter =
      this.crashesLeft > 0 && this.world.monotonic() < FAULTS_END ? 1 + this.random() * 120 : Infinity;
    const onCrash = () => {
      this.crashesLeft -= 1;
      this.replace(process);
    };
    const process = new SimulatedProcess(this.world, Math.floor(crashesAfter), onCrash, (orphans) => {
      for (const { body } of orphans) this.log.excuse(body);
    });
    const consumer = new QueueConsumer({
      queue: process.connect(this.queue),
      deadLetterQueue: process.connect(this.deadLetterQueue),
      settings: {
        concurrency: this.plan.concurrency,
        visibilityTimeout: VISIBILITY,
        maxMessageBytes: LARGEST_BODY,
        acknowledgeLinger: this.plan.acknowledgeLinger,
      },
      clock: process.clock,
      random: this.random,
      onError: () => undefined,
      handle: (message, signal) => this.handle(process, message, signal),
    });
    this.processes.set(process, consumer);
    consumer.start();
  }

  private handle(process: SimulatedProcess, message: ReceivedMessage, signal: AbortSignal): Promise<Outcome> {
    return process.step(async () => {
      const plan = this.log.started(process, message);
      try {
        await sleep(process.handlerClock, plan.duration, plan.heedsAbort ? signal : undefined);
        const attempt = this.log.attemptsOf(message.body);
        if (attempt <= plan.failures) return this.fail(plan);
        if (plan.ending === 'deadLetter') return { action: 'deadLetter', error: new Error('poison') };
        this.log.succeeded(process, message, signal.aborted);
        return ACKNOWLEDGE;
      } finally {
        this.log.ended(process, message);
      }
    });
  }

  private fail({ failure }: MessagePlan): Outcome {
    const error = new Error('not now');
    if (failure === 'throw') throw error;
    return { action: 'retry', delay: failure === 'retry' ? 3_000 : 0, error };
  }

  /** What a dead process had in hand comes again: that is no fault of the consumer. */
  private replace(process: SimulatedProcess): void {
    this.processes.delete(process);
    this.log.died(process);
    for (const message of this.queue.messages) if (this.queue.isInFlight(message)) this.log.excuse(message.body);
    this.starting += 1;
    this.server.setTimer(() => {
      this.starting -= 1;
      this.startProcess();
    }, this.random() * 5_000);
  }

  private async restart(): Promise<void> {
    const [running] = [...this.processes].filter(([process]) => !this.stopping.has(process));
    if (!running) return;
    const [process, consumer] = running;
    await this.stop(process, consumer);
    if (process.dead) return;
    process.kill();
    this.replace(process);
  }

  private async stop(process: SimulatedProcess, consumer: QueueConsumer): Promise<void> {
    this.stopping.add(process);
    const drainTimeout = this.random() * 20_000;
    const startedAt = this.world.monotonic();
    await consumer.stop({ drainTimeout });
    if (process.dead) return;
    this.log.stopped(process, this.world.monotonic() - startedAt - drainTimeout, this.queue);
  }

  private async stopAll(): Promise<void> {
    const open = new Set(this.processes.keys());
    for (const [process, consumer] of this.processes) {
      void this.stop(process, consumer).then(() => open.delete(process));
    }
    const limit = this.world.monotonic() + 60_000;
    const someAreOpen = () => [...open].some((process) => !process.dead);
    while (someAreOpen() && this.world.monotonic() < limit) await this.moveOn();
    if (someAreOpen()) this.log.broken('stop() did not resolve');
  }
}
