import type { ReceivedMessage } from '../../core/message-queue.js';
import type { InMemoryQueue } from './in-memory-queue.js';
import type { SimulatedProcess } from './simulated-process.js';
import { LARGEST_BODY, type MessagePlan, type SimulationPlan } from './simulation-plan.js';

interface History {
  readonly plan: MessagePlan;
  attempts: number;
  successes: number;
  /** The process whose handler succeeded while it still held the message. */
  heldBy: SimulatedProcess | undefined;
  /** A fault touched the message, so that it may come more than once. */
  excused: boolean;
  /** The queue delivered it a second time of its own accord. */
  duplicated: boolean;
  /** The delivery that ran last. */
  receiveCount: number;
}

/** Follows every message of a run and notes each promise that is broken. */
export class SimulationLog {
  private readonly violations: string[] = [];
  private readonly histories = new Map<string, History>();
  private readonly running = new Map<SimulatedProcess, Set<string>>();

  constructor(
    private readonly plan: SimulationPlan,
    private readonly deadLetterQueue: InMemoryQueue,
  ) {
    for (const message of plan.messages) {
      this.histories.set(message.body, {
        plan: message,
        attempts: 0,
        successes: 0,
        heldBy: undefined,
        excused: false,
        duplicated: false,
        receiveCount: 0,
      });
    }
  }

  broken(promise: string): void {
    this.violations.push(promise);
  }

  excuse(body: string): void {
    const history = this.histories.get(body);
    if (history) history.excused = true;
  }

  duplicated(body: string): void {
    this.excuse(body);
    this.of(body).duplicated = true;
  }

  attemptsOf(body: string): number {
    return this.of(body).attempts;
  }

  started(process: SimulatedProcess, { body, receiveCount }: ReceivedMessage): MessagePlan {
    const history = this.of(body);
    history.attempts += 1;
    history.receiveCount = Math.max(history.receiveCount, receiveCount);
    if (history.plan.body.length > LARGEST_BODY) this.broken(`${body} is too large and was handled`);
    if (history.heldBy === process && !history.duplicated) this.broken(`${body} ran again after it had succeeded`);
    const bodies = this.running.get(process) ?? new Set();
    this.running.set(process, bodies);
    if (bodies.size >= this.plan.concurrency) this.broken(`${body} runs beyond the concurrency`);
    if (this.plan.fifo) this.checkTurn(history.plan);
    bodies.add(body);
    return history.plan;
  }

  succeeded(process: SimulatedProcess, { body }: ReceivedMessage, aborted: boolean): void {
    const history = this.of(body);
    history.successes += 1;
    if (!aborted) history.heldBy = process;
  }

  ended(process: SimulatedProcess, { body }: ReceivedMessage): void {
    this.running.get(process)?.delete(body);
  }

  died(process: SimulatedProcess): void {
    for (const body of this.running.get(process) ?? []) this.excuse(body);
    this.running.delete(process);
  }

  deleting(body: string): void {
    if (!this.isDone(body)) this.broken(`${body} was deleted and is neither handled nor in the dead-letter queue`);
  }

  stopped(process: SimulatedProcess, overtime: number, queue: InMemoryQueue): void {
    for (const message of this.plan.processes === 1 ? queue.messages : []) {
      const { excused, receiveCount } = this.of(message.body);
      const unstarted = message.receiveCount > receiveCount && message.body.length <= LARGEST_BODY;
      if (unstarted && !excused && queue.isInFlight(message)) this.broken(`${message.body} is hidden after stop()`);
    }
    if (process.clock.pendingTimers > 0) this.broken(`${process.clock.pendingTimers} timers are pending after stop()`);
    if (overtime > 6_100) this.broken(`stop() took ${overtime} ms more than its drain timeout`);
  }

  close(queue: InMemoryQueue, anyFault: boolean): readonly string[] {
    for (const { body } of queue.messages) this.broken(`${body} is still in the queue`);
    for (const [body, { plan, attempts, successes, excused, receiveCount }] of this.histories) {
      const copies = this.copiesOf(body);
      if (plan.ending === 'succeed' && copies > 0) this.broken(`${body} is in the dead-letter queue`);
      if (plan.ending === 'deadLetter' && copies === 0) this.broken(`${body} is not in the dead-letter queue`);
      if (plan.ending === 'succeed' && successes === 0) this.broken(`${body} was never handled`);
      const repeated = successes > 1 || copies > 1;
      if (repeated && !(excused && anyFault)) this.broken(`${body} was repeated without a fault`);
      const expected = plan.body.length > LARGEST_BODY ? 0 : plan.failures + 1;
      if (!anyFault && receiveCount !== attempts) {
        this.broken(`${body} ran ${attempts} times and was told of ${receiveCount} attempts`);
      }
      if (!anyFault && this.plan.faults.restarts === 0 && attempts !== expected) {
        this.broken(`${body} ran ${attempts} times instead of ${expected}`);
      }
    }
    return this.violations;
  }

  /** On a FIFO queue: alone of its group, and after everything that was sent before it. */
  private checkTurn(plan: MessagePlan): void {
    for (const bodies of this.running.values()) {
      for (const other of bodies) {
        if (this.of(other).plan.groupId === plan.groupId) this.broken(`${plan.body} runs beside ${other} of its group`);
      }
    }
    for (const { plan: earlier } of this.histories.values()) {
      if (earlier.groupId !== plan.groupId || !isBefore(earlier, plan)) continue;
      if (!this.isDone(earlier.body)) this.broken(`${plan.body} overtakes ${earlier.body} of its group`);
    }
  }

  private isDone(body: string): boolean {
    return this.of(body).successes > 0 || this.copiesOf(body) > 0;
  }

  private copiesOf(body: string): number {
    return this.deadLetterQueue.messages.filter((message) => message.body === body).length;
  }

  private of(body: string): History {
    const history = this.histories.get(body);
    if (!history) throw new Error(`${body} was never sent`);
    return history;
  }
}

/** The order in which the messages were sent: by time, then as listed. */
function isBefore(one: MessagePlan, other: MessagePlan): boolean {
  if (one.sendAt !== other.sendAt) return one.sendAt < other.sendAt;
  return Number.parseInt(one.body.slice(1), 10) < Number.parseInt(other.body.slice(1), 10);
}
