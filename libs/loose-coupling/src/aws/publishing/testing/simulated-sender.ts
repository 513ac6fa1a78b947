import type { Clock } from '../../../kernel/index.js';
import type { EntryResult } from '../../../messaging/index.js';
import { ProcessClock } from '../../../messaging/consumer/testing/simulated-process.js';
import { EntryBatcher } from '../entry-batcher.js';
import type { BatcherCloseOptions } from '../entry-batcher.options.js';
import { ClaimingQueue } from './claiming-queue.js';
import type { EntryPlan, PublishingPlan } from './publishing-plan.js';
import { type SimulatedDestination, SimulatedFailure } from './simulated-destination.js';
import type { SimulatedBucket } from './simulated-bucket.js';

interface CallUnderWay {
  readonly entries: readonly EntryPlan[];
  readonly signal: AbortSignal;
}

/** One process with a batcher, which can die; watches what the batcher does to the destination. */
export class SimulatedSender {
  readonly clock: ProcessClock;
  readonly batcher: EntryBatcher<EntryPlan, string>;
  readonly broken: string[] = [];
  readonly trace: string[] = [];
  dead = false;
  closing = false;
  private readonly queue: ClaimingQueue | undefined;
  private readonly underWay = new Set<CallUnderWay>();
  private readonly settled = new Set<string>();
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly plan: PublishingPlan,
    world: Clock,
    random: () => number,
    private readonly destination: SimulatedDestination,
    /** Of all entries, those whose fate is open. */
    private readonly open: ReadonlySet<EntryPlan>,
    bucket: SimulatedBucket | undefined,
  ) {
    this.clock = new ProcessClock(world);
    this.batcher = new EntryBatcher<EntryPlan, string>({
      ...plan.batcher,
      destination: 'The simulated queue',
      clock: this.clock,
      random,
      judge: (error) => (error instanceof SimulatedFailure ? error.verdict : 'retry'),
      call: (entries, signal) => this.call(entries, signal),
    });
    this.queue =
      bucket &&
      new ClaimingQueue({
        fifo: plan.fifo,
        bucket,
        isDead: () => this.dead,
        add: (entry) => this.batch(entry),
        givenUp: (id) => this.destination.giveUp(id),
        close: () => this.batcher.close(),
        clock: this.clock,
        broken: (what) => this.broken.push(what),
      });
  }

  add(entry: EntryPlan): Promise<EntryResult<string>> {
    return this.queue ? this.queue.add(entry) : this.batch(entry);
  }

  private async batch(entry: EntryPlan): Promise<EntryResult<string>> {
    const { bytes, group, patience } = entry;
    const controller = new AbortController();
    const timer =
      patience === undefined
        ? undefined
        : this.clock.setTimer(() => controller.abort(new Error('out of patience')), patience);
    const result = await this.batcher.add(entry, {
      bytes,
      ...(group !== undefined && { group }),
      signal: controller.signal,
    });
    timer?.cancel();
    this.settled.add(entry.id);
    return result;
  }

  close(options: BatcherCloseOptions): Promise<void> {
    return this.queue ? this.queue.close() : this.batcher.close(options);
  }

  kill(): void {
    this.dead = true;
    this.clock.kill();
    this.destination.doubt([...this.open]);
  }

  private async call(entries: readonly EntryPlan[], signal: AbortSignal): Promise<EntryResult<string>[]> {
    if (this.dead) return new Promise(() => undefined);
    this.trace.push(`${this.clock.monotonic()} ${entries.map(({ id }) => id).join(' ')}`);
    const call = { entries, signal };
    this.check(call);
    this.underWay.add(call);
    try {
      // The rest of its call may keep a process from hearing of one that is in.
      const lands = (entry: EntryPlan) => this.open.has(entry) && !this.destination.isKnown(entry.id);
      return await this.destination.call(entries, signal, (entry) => !this.dead || lands(entry));
    } finally {
      this.underWay.delete(call);
      if (this.dead) {
        this.destination.doubt(entries);
        await new Promise(() => undefined);
      }
    }
  }

  private check({ entries }: CallUnderWay): void {
    const { maxEntries, maxBytes, maxInFlight, maxPending, retry } = this.plan.batcher;
    const others = [...this.underWay].filter(({ signal }) => !signal.aborted);
    if (others.length + 1 > maxInFlight) this.broken.push(`${others.length + 1} calls under way`);
    if (this.batcher.pending > maxPending) this.broken.push(`${this.batcher.pending} entries taken`);
    if (entries.length === 0 || entries.length > maxEntries) this.broken.push(`a call of ${entries.length} entries`);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    if (bytes > maxBytes && entries.length > 1) this.broken.push(`a call of ${bytes} bytes`);
    const busy = new Set(others.flatMap((call) => call.entries.map(({ id, group }) => group ?? id)));
    for (const { id, group } of entries) {
      if (busy.has(group ?? id)) this.broken.push(`${id} is sent while its group, or itself, is under way`);
      busy.add(group ?? id);
      if (this.settled.has(id)) this.broken.push(`${id} is sent after its caller was answered`);
      const attempts = (this.attempts.get(id) ?? 0) + 1;
      this.attempts.set(id, attempts);
      // One more is allowed for being tried alone.
      if (attempts > retry.maxAttempts + 1) this.broken.push(`${id} is sent ${attempts} times`);
    }
  }
}
