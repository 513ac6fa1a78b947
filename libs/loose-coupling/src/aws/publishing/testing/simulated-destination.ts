import { type Clock, sleep } from '../../../kernel/index.js';
import type { EntryResult } from '../../../messaging/index.js';
import type { EntryPlan, PublishingPlan } from './publishing-plan.js';

type Result = EntryResult<string>;

/** Why a call failed, with what a batcher is to make of it. */
export class SimulatedFailure extends Error {
  constructor(
    message: string,
    readonly verdict: 'retry' | 'refuse' | 'isolate',
  ) {
    super(message);
  }
}

/** A queue or topic that fails in the ways that real ones do, and remembers what it has taken. */
export class SimulatedDestination {
  /** Ids in the order of their arrival, duplicates of a FIFO destination left out. */
  readonly arrived: EntryPlan[] = [];
  readonly broken: string[] = [];
  private readonly taken = new Set<string>();
  /** Entries that a sender may send again though they are in: it cannot know. */
  private readonly doubtful = new Set<string>();
  /** Entries that may be refused for good, or given up, through no fault of the sender. */
  private readonly excused = new Set<string>();
  /** Those behind them in their group have gone on. */
  private readonly givenUp = new Set<string>();
  private readonly lastOf = new Map<string, number>();

  constructor(
    private readonly plan: PublishingPlan,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  has(id: string): boolean {
    return this.taken.has(id);
  }

  /** In, and its sender was told so. */
  isKnown(id: string): boolean {
    return this.taken.has(id) && !this.doubtful.has(id);
  }

  isExcused({ id, poison }: EntryPlan): boolean {
    return poison || this.excused.has(id);
  }

  /** When a process dies before its caller hears of it, the next one sends it again, behind its group. */
  giveUp(id: string): void {
    this.givenUp.add(id);
  }

  /** Whoever sent them has died, and another will send them again. */
  doubt(entries: readonly EntryPlan[]): void {
    for (const { id } of entries) this.doubtful.add(id);
  }

  /** `lands`: whether an entry of a call may still arrive; what a dead process sent may, until its successor has given it up. */
  async call(
    entries: readonly EntryPlan[],
    signal: AbortSignal,
    lands: (entry: EntryPlan) => boolean,
  ): Promise<Result[]> {
    await this.travel();
    const { faults, poisonFailsCall } = this.plan;
    if (this.strikes(faults.reject)) throw new SimulatedFailure('connection refused', 'retry');
    if (this.strikes(faults.throttle)) throw new SimulatedFailure('throttled', 'retry');
    if (this.strikes(faults.gone)) {
      for (const { id } of entries) this.excused.add(id);
      throw new SimulatedFailure('gone', 'refuse');
    }
    if (poisonFailsCall && entries.some(({ poison }) => poison)) throw new SimulatedFailure('invalid', 'isolate');
    if (this.strikes(faults.slow)) await sleep(this.clock, this.random() * 2 * this.plan.batcher.callTimeout);
    // Its connection was cut meanwhile.
    if (signal.aborted) throw new SimulatedFailure('aborted', 'retry');
    if (this.strikes(faults.hang / 2)) return new Promise(() => undefined);
    const results = entries.filter(lands).map((entry) => this.accept(entry));
    // A reply that comes too late is none.
    this.doubt(entries);
    if (this.strikes(faults.hang / 2)) return new Promise(() => undefined);
    if (this.strikes(faults.loseAnswer)) throw new SimulatedFailure('connection lost', 'retry');
    await this.travel();
    if (signal.aborted) throw new SimulatedFailure('aborted', 'retry');
    const told = this.strikes(faults.leaveOut) ? Math.floor(this.random() * entries.length) : entries.length;
    results.slice(0, told).forEach((result) => result.ok && this.doubtful.delete(result.value));
    return results.slice(0, told);
  }

  private accept(entry: EntryPlan): Result {
    const { id, poison } = entry;
    if (poison) return { ok: false, error: new Error('poison'), permanent: true };
    if (this.strikes(this.plan.faults.refuseEntry)) return { ok: false, error: new Error('not now'), permanent: false };
    if (this.taken.has(id)) {
      if (this.isKnown(id)) this.broken.push(`${id} was sent again after it was known to be in`);
      if (this.plan.fifo) return { ok: true, value: id };
    }
    this.taken.add(id);
    this.arrived.push(entry);
    this.checkOrder(entry);
    return { ok: true, value: id };
  }

  private checkOrder({ id, group, index }: EntryPlan): void {
    if (group === undefined || this.givenUp.has(id)) return;
    const last = this.lastOf.get(group) ?? -1;
    if (index < last) this.broken.push(`${id} came after m${last} of its group ${group}`);
    this.lastOf.set(group, Math.max(last, index));
  }

  private strikes(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  private async travel(): Promise<void> {
    if (this.random() < 0.7) await sleep(this.clock, this.random() * 30);
  }
}
