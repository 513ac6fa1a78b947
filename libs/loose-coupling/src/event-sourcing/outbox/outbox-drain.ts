import { backoffDelay, sleep, type Clock } from '../../kernel/index.js';
import type { EntryResult } from '../../messaging/index.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import { LaneHolds } from './lane-holds.js';
import { lanesOf } from './lanes-of.js';
import type { LeaseKeeper } from './lease-keeper.js';
import { nextWave } from './next-wave.js';
import type { OutboxPublisher } from './outbox-publisher.js';
import type { ResolvedRelayOptions } from './outbox-relay-options.js';
import type { OutboxEntry, OutboxLease, OutboxStorage } from './outbox-storage.js';

/** Waves of which nothing was accepted, in a row, that mean the transport is away. */
const OUTAGE_AFTER = 3;
const OUTAGE_PAUSE = { initialDelay: 100, maxDelay: 2000, jitter: 'equal' } as const;

export interface DrainParts {
  readonly storage: OutboxStorage;
  readonly publisher: OutboxPublisher;
  readonly lease: LeaseKeeper<OutboxLease>;
  readonly clock: Clock;
  readonly options: ResolvedRelayOptions;
  readonly report: FaultReporter;
  readonly onPublished: (entry: OutboxEntry) => void;
}

/** When to end before everything has left. */
export interface DrainControl {
  /** Ends at once. */
  readonly abandoned: AbortSignal;
  /** Then a transport that is away is not waited for. */
  isStopping(): boolean;
}

/** Publishes what is pending, and remembers what must wait. Lives as long as one lease. */
export class OutboxDrain {
  private readonly holds: LaneHolds;
  /** Everything up to this id was published, parked or is held. */
  private cursor = 0;
  private parkedLanes = new Set<string>();
  /** As the storage counted when the parked lanes were read. */
  private unparkings: number | undefined;
  private published: number[] = [];
  private parked: { id: number; reason: string; behind: boolean }[] = [];
  private failedWaves = 0;

  constructor(private readonly parts: DrainParts) {
    this.holds = new LaneHolds(parts.options.retry);
  }

  /** Resolves to the milliseconds until something that failed is due again, if anything is. */
  async run(lease: OutboxLease, control: DrainControl): Promise<number | undefined> {
    const { storage, clock, options } = this.parts;
    // What an earlier failure left: known to be published, so it must not be read again.
    await this.settle(lease);
    for (;;) {
      await this.readParkedLanes();
      this.goBackTo(this.holds.free(clock.monotonic()));
      const entries = await storage.pending(this.cursor, options.batchSize);
      const last = entries.at(-1);
      if (!last) break;
      const complete = await this.publish(entries, control);
      await this.settle(lease);
      if (!complete) return undefined;
      this.cursor = last.id;
    }
    return this.holds.nextDue(clock.monotonic());
  }

  private async publish(entries: readonly OutboxEntry[], control: DrainControl): Promise<boolean> {
    for (let waiting = entries; waiting.length > 0;) {
      if (control.abandoned.aborted) return false;
      const { wave, rest } = nextWave(waiting.filter((entry) => this.mayLeave(entry)));
      waiting = rest;
      if (wave.length === 0) continue;
      await this.parts.lease.renewIfDue();
      const results = await this.publishWave(wave);
      const failures = wave.filter((entry, index) => !this.note(entry, results[index]));
      if (failures.length > 0) this.reportFailures(failures, results);
      this.failedWaves = failures.length === wave.length ? this.failedWaves + 1 : 0;
      if (this.failedWaves > 0 && control.isStopping()) return false;
      if (this.failedWaves >= OUTAGE_AFTER) await this.pause(control.abandoned);
    }
    return true;
  }

  /** Keeps the lease while the transport takes its time. */
  private async publishWave(wave: readonly OutboxEntry[]): Promise<EntryResult<unknown>[]> {
    const { clock, lease, publisher, options } = this.parts;
    const beat = () => {
      // A lease that is lost shows when the wave is settled.
      lease.renewIfDue().catch(() => undefined);
      timer = clock.setTimer(beat, options.leaseDuration / 4, { unref: true });
    };
    let timer = clock.setTimer(beat, options.leaseDuration / 4, { unref: true });
    try {
      return await publisher.publish(wave);
    } finally {
      timer.cancel();
    }
  }

  private mayLeave(entry: OutboxEntry): boolean {
    const lane = lanesOf(entry).find((name) => this.parkedLanes.has(name));
    if (lane === undefined) return !this.holds.catches(entry);
    this.park(entry, `An earlier message of "${lane}" is parked.`, true);
    return false;
  }

  /** Whether the entry is done with. */
  private note(entry: OutboxEntry, result: EntryResult<unknown> | undefined): boolean {
    const { clock, report, onPublished } = this.parts;
    if (result?.ok) {
      this.published.push(entry.id);
      this.holds.succeed(entry);
      onPublished(entry);
      return true;
    }
    if (result?.permanent) {
      this.park(entry, `${result.error.name}: ${result.error.message}`);
      report(`${describe(entry)} can never be published, so it was parked. See Outbox.parked().`, result.error);
      return true;
    }
    this.holds.fail(entry, clock.monotonic());
    return false;
  }

  private reportFailures(failures: readonly OutboxEntry[], results: readonly EntryResult<unknown>[]): void {
    const [first] = failures;
    const others = failures.length > 1 ? ` and ${failures.length - 1} other messages` : '';
    const failure = results.find((result) => !result.ok && !result.permanent);
    const error = failure?.ok === false ? failure.error : undefined;
    if (first) this.parts.report(`${describe(first)}${others} could not be published; trying again.`, error);
  }

  private park(entry: OutboxEntry, reason: string, behind = false): void {
    this.parked.push({ id: entry.id, reason, behind });
    for (const lane of lanesOf(entry)) this.parkedLanes.add(lane);
  }

  private async settle(lease: OutboxLease): Promise<void> {
    if (this.published.length === 0 && this.parked.length === 0) return;
    // What waited only for entries that were unparked meanwhile stays pending, and is met again after them.
    const freed = this.parked.some(({ behind }) => behind) && (await this.isUnparked());
    const parked = freed ? this.parked.filter(({ behind }) => !behind) : this.parked;
    await this.parts.storage.settle(lease, {
      published: this.published,
      parked: parked.map(({ id, reason }) => ({ id, reason })),
    });
    this.published = [];
    this.parked = [];
  }

  private async readParkedLanes(): Promise<void> {
    if (!(await this.isUnparked())) return;
    const { storage } = this.parts;
    // Counted first: what is unparked between the two is then noticed in the next round.
    const unparkings = await storage.unparkings();
    const lanes = await storage.parkedLanes();
    // Known only when both have been read: with old lanes, what comes behind a parked message would overtake it.
    this.unparkings = unparkings;
    this.parkedLanes = new Set(lanes);
    // Somebody asked for another try: the entries are pending again, in their old places.
    this.cursor = 0;
  }

  private async isUnparked(): Promise<boolean> {
    return (await this.parts.storage.unparkings()) !== this.unparkings;
  }

  private goBackTo(id: number | undefined): void {
    if (id !== undefined) this.cursor = Math.min(this.cursor, id - 1);
  }

  private async pause(abandoned: AbortSignal): Promise<void> {
    const delay = backoffDelay(this.failedWaves - OUTAGE_AFTER + 1, OUTAGE_PAUSE);
    await sleep(this.parts.clock, delay, abandoned).catch(() => undefined);
  }
}

const describe = ({ kind, destination, envelope }: OutboxEntry): string =>
  `The ${kind} "${envelope.id}" for "${destination}"`;
