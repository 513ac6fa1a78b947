import { isLooseCouplingError } from '../../../kernel/index.js';
import { FakeClock } from '../../../testing/fake-clock.js';
import { ProcessClock } from '../../../messaging/consumer/testing/simulated-process.js';
import { seededRandom } from '../../../messaging/consumer/testing/simulation-plan.js';
import type { EntryResult } from '../../../messaging/index.js';
import { type EntryPlan, isFaultFree, type PublishingPlan } from './publishing-plan.js';
import { SimulatedBucket } from './simulated-bucket.js';
import { SimulatedDestination } from './simulated-destination.js';
import { SimulatedSender } from './simulated-sender.js';

/** By then everything has come to rest, or something is stuck. */
const END_OF_TIME = 2 * 3_600_000;
/** Milliseconds; sums of fractions may fall short of the time of a timer. */
const ROUNDING = 0.001;
/** Turns of the event loop in which a chain of reactions ends. */
const TURNS = 3;
/** With no timer left, nothing happens any more after so many. */
const MOST_IDLE_TURNS = 3;

/**
 * Runs batchers in a world of fake time, faults, crashes and shutdowns, and lists every promise that was broken. What a process
 * was not told the fate of, when it died or closed, the next one sends again, as an outbox does.
 */
export class PublishingSimulation {
  private readonly world = new FakeClock();
  private readonly server = new ProcessClock(this.world);
  private readonly random: () => number;
  private readonly destination: SimulatedDestination;
  private readonly bucket: SimulatedBucket | undefined;
  private readonly senders: SimulatedSender[] = [];
  private readonly broken: string[] = [];
  private readonly open: Set<EntryPlan>;
  private readonly faultFree: boolean;
  private waitingForSender = true;
  private flushesOpen = 0;
  private ending = false;
  private idleTurns = 0;

  constructor(private readonly plan: PublishingPlan) {
    this.random = seededRandom(plan.seed ^ 0x5eed);
    this.destination = new SimulatedDestination(plan, this.server, this.random);
    this.bucket = plan.bucket && new SimulatedBucket(plan.bucket, this.server, this.random);
    this.open = new Set(plan.entries);
    this.faultFree = isFaultFree(plan);
  }

  /** Every call of the run, to compare runs. */
  get trace(): readonly string[] {
    return this.senders.flatMap(({ trace }) => trace);
  }

  /** Resolves to the promises that were broken: none, if all is well. */
  async run(): Promise<readonly string[]> {
    const { crashAt, closeAt, flushAt } = this.plan;
    this.startSender();
    for (const at of crashAt) this.server.setTimer(() => this.crash(), at);
    for (const at of flushAt) this.server.setTimer(() => void this.flush(), at);
    if (closeAt) this.server.setTimer(() => void this.close(closeAt.timeout, true), closeAt.at);
    while (!this.isAtRest() && !this.isStuck()) await this.moveOn();
    if (!this.isAtRest()) this.broken.push(`${this.open.size} entries were never settled`);
    await this.closeAtTheEnd();
    return [...this.broken, ...this.destination.broken, ...this.senders.flatMap(({ broken }) => broken)];
  }

  private get sender(): SimulatedSender {
    return this.senders.at(-1) as SimulatedSender;
  }

  private isAtRest(): boolean {
    return this.open.size === 0 && !this.waitingForSender && !this.sender.closing;
  }

  private isStuck(): boolean {
    return this.idleTurns > MOST_IDLE_TURNS || this.world.monotonic() > END_OF_TIME;
  }

  /** To the next timer, once everything that is ready has run. */
  private async moveOn(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const next = Math.min(this.server.nextDue, ...this.senders.map(({ clock }) => clock.nextDue));
    this.idleTurns = next === Infinity ? this.idleTurns + 1 : 0;
    if (next < Infinity) await this.world.advance(Math.max(0, next - this.world.monotonic() + ROUNDING));
  }

  private startSender(): void {
    const sender = new SimulatedSender(this.plan, this.world, this.random, this.destination, this.open, this.bucket);
    this.senders.push(sender);
    this.waitingForSender = false;
    const waiting = [...this.open].toSorted((one, other) => one.index - other.index);
    for (const together of this.callsOf(waiting)) {
      const add = () => together.forEach((entry) => void this.add(sender, entry));
      const delay = (together[0]?.addAt ?? 0) - this.world.monotonic();
      if (delay <= 0) add();
      // Timers of the process itself: a dead one adds nothing.
      else sender.clock.setTimer(add, delay);
    }
  }

  /** What is added at once, where several are. */
  private callsOf(entries: readonly EntryPlan[]): Iterable<readonly EntryPlan[]> {
    if (!this.bucket) return entries.map((entry) => [entry]);
    const calls = new Map<number, EntryPlan[]>();
    for (const entry of entries) calls.set(entry.addAt, [...(calls.get(entry.addAt) ?? []), entry]);
    return calls.values();
  }

  private startSenderLater(): void {
    this.waitingForSender = true;
    this.server.setTimer(() => this.startSender(), this.random() * 100);
  }

  private async add(sender: SimulatedSender, entry: EntryPlan): Promise<void> {
    const refusedForClosing = sender.closing;
    const result = await sender.add(entry);
    if (sender.dead) return;
    if (refusedForClosing) {
      // Its data may not have got into the bucket.
      if (result.ok || !(this.bucket || isLooseCouplingError(result.error, 'LC_CLOSED')))
        this.broken.push(`${entry.id} got into a closed batcher`);
      return;
    }
    // An answer after the next process has taken over would be a second one.
    if (!this.open.has(entry) || sender !== this.sender) this.broken.push(`${entry.id} was settled twice`);
    if (this.judge(sender, entry, result)) this.open.delete(entry);
  }

  /** Whether that is the end of the entry; what failed for a shutdown is for the next process. */
  private judge(sender: SimulatedSender, entry: EntryPlan, result: EntryResult<string>): boolean {
    const { id } = entry;
    if (result.ok) {
      if (result.value !== id) this.broken.push(`${id} was given the result of ${result.value}`);
      if (!this.destination.has(id)) this.broken.push(`${id} was reported as accepted and is not in`);
      return true;
    }
    if (result.permanent) {
      if (!this.destination.isExcused(entry)) this.broken.push(`${id} was refused for good: ${result.error.message}`);
      return true;
    }
    if (result.error.message === 'out of patience') return true;
    // A queue with a bucket hurries nothing when it closes: what failed in it before its end was given up as ever.
    if (sender.closing && (!this.bucket || isLooseCouplingError(result.error, 'LC_CLOSED'))) return false;
    // Others of its group may have hurt it: a poisoned one has not, it was refused for good.
    if (this.faultFree) this.broken.push(`${id} was given up without a fault: ${result.error.message}`);
    return true;
  }

  private async flush(): Promise<void> {
    const { sender } = this;
    if (sender.dead) return;
    this.flushesOpen += 1;
    const before = [...this.open].filter(({ addAt }) => addAt < this.world.monotonic());
    await sender.batcher.flush();
    this.flushesOpen -= 1;
    await undefined;
    await undefined;
    if (sender.dead || sender.closing) return;
    const left = before.filter((entry) => this.open.has(entry));
    if (left.length > 0) this.broken.push(`flush() ended before ${left.map(({ id }) => id).join(', ')}`);
  }

  private crash(): void {
    if (this.sender.dead || this.ending) return;
    this.sender.kill();
    this.startSenderLater();
  }

  private async close(timeout: number | undefined, restart: boolean): Promise<void> {
    const { sender } = this;
    if (sender.dead || sender.closing) return;
    sender.closing = true;
    const startedAt = this.world.monotonic();
    await sender.close({ ...(timeout !== undefined && { timeout }) });
    for (let turn = 0; turn < TURNS; turn += 1) await undefined;
    if (sender.dead) return;
    if (sender.batcher.pending !== 0) this.broken.push(`closed with ${sender.batcher.pending} entries`);
    const late = this.world.monotonic() - startedAt - (timeout ?? Infinity);
    if (late > 1) this.broken.push(`close() took ${late} ms more than it may`);
    // What the process adds later is refused; the timers are its own.
    if (restart) {
      sender.kill();
      this.startSenderLater();
    }
  }

  private async closeAtTheEnd(): Promise<void> {
    this.ending = true;
    const end = { reached: false };
    void this.close(undefined, false).then(() => (end.reached = true));
    while (!end.reached && !this.isStuck()) await this.moveOn();
    if (!end.reached && !this.sender.dead) this.broken.push('close() did not resolve');
    if (this.sender.clock.pendingTimers > 0) this.broken.push(`${this.sender.clock.pendingTimers} timers were left`);
    if (this.flushesOpen > 0 && this.senders.length === 1) this.broken.push('flush() did not resolve');
  }
}
