import type { EventEnvelope, EventStore } from '../core/event-store.js';
import type { CheckpointStore } from '../subscriptions/checkpoint-store.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { event } from './event-store-under-test.js';
import { NO_CHAOS, ProcessChaos, type ChaosRates, type DrivenClock } from './process-chaos.js';
import { randomFrom } from './seeded-random.js';

export interface ProjectorPlan {
  readonly seed: number;
  readonly rates: ChaosRates;
  readonly partitions: number;
  readonly batchSize: number;
  /** Of all events: their handler fails, or they cannot be read, until somebody mends it. */
  readonly poison: number;
}

/** The way of one process to a store that all share. */
export interface ProjectorStores {
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
}

export interface SharedStore {
  /** Events, as `stream@version`, that cannot be read until somebody mends them. Default: none ever. */
  readonly damaged?: Set<string>;
  open(chaos: ProcessChaos): ProjectorStores;
  close(): Promise<void>;
}

const LEASE = 1000;
const STREAMS = ['a-1', 'b-1', 'c-1'];
const EVENTS = 14;
const NAME = 'projector';
const COLLECTION = 'seen';

const labelOf = ({ streamName, version }: EventEnvelope): string => `${streamName}@${version}`;

/** Processes that project one feed, crash, stand still and lose replies, while somebody writes. */
export class ProjectorWorld {
  private readonly random: () => number;
  private readonly processes: { chaos: ProcessChaos; subscriptions: PersistentSubscriptions }[] = [];
  private readonly counts = new Map<string, number>();
  private readonly poisoned = new Set<string>();
  private mended = false;
  /** What handlers did outside of the store, as it came. */
  readonly effects: string[] = [];

  constructor(
    private readonly plan: ProjectorPlan,
    private readonly shared: SharedStore,
    private readonly clock: DrivenClock,
  ) {
    this.random = randomFrom(plan.seed);
  }

  /** Resolves to what is wrong in the end; nothing is. */
  async run(): Promise<string[]> {
    const writer = this.shared.open(this.chaos(NO_CHAOS));
    this.start(this.plan.rates);
    for (let written = 0; written < EVENTS; written += 1) {
      const stream = STREAMS[Math.floor(this.random() * STREAMS.length)] as string;
      const version = (this.counts.get(stream) ?? 0) + 1;
      this.counts.set(stream, version);
      if (this.random() < this.plan.poison) this.spoil(`${stream}@${version}`);
      await this.awaited(writer.store.appendToStream(stream, [event('x')]));
      if (this.random() < 0.5) await this.clock.advance(Math.floor(this.random() * 200));
      this.replace();
    }
    for (let rounds = 0; rounds < 10; rounds += 1) {
      await this.clock.advance(Math.floor(this.random() * LEASE));
      this.replace();
      if (this.random() < 0.3) await this.awaited(this.replay(writer));
    }
    return this.settle(writer);
  }

  /** Everything is well from here on: all must be there, once, in order. */
  private async settle(writer: ProjectorStores): Promise<string[]> {
    this.mended = true;
    this.shared.damaged?.clear();
    this.start(NO_CHAOS);
    for (const { chaos } of this.processes) chaos.end();
    for (let rounds = 0; rounds < 200; rounds += 1) {
      await this.clock.advance(LEASE);
      const { positions, parked } = await this.awaited(this.lag());
      if (positions === 0 && parked === 0) break;
      if (parked > 0) await this.awaited(this.replay(writer));
    }
    const faults = await this.awaited(this.faults(writer));
    const closing = this.processes.filter(({ chaos }) => !chaos.dead).map(({ subscriptions }) => subscriptions.close());
    await this.awaited(Promise.all(closing));
    await this.shared.close();
    return faults;
  }

  /** Some cannot be handled, some not even be read. */
  private spoil(label: string): void {
    const { damaged } = this.shared;
    (damaged && this.random() < 0.5 ? damaged : this.poisoned).add(label);
  }

  private async faults({ checkpoints }: ProjectorStores): Promise<string[]> {
    const faults: string[] = [];
    const documents = await checkpoints.documents.getAll(COLLECTION, STREAMS);
    for (const [stream, count] of this.counts) {
      const expected = Array.from({ length: count }, (_, index) => index + 1).join();
      const seen = ((documents.get(stream)?.value as number[] | undefined) ?? []).join();
      if (seen !== expected) faults.push(`${stream}: expected ${expected}, the read model has ${seen}`);
      const effects = this.effects
        .filter((label) => label.startsWith(`${stream}@`))
        .map((label) => label.split('@')[1]);
      const firsts = [...new Set(effects)].join();
      if (firsts !== expected) faults.push(`${stream}: expected ${expected}, handlers first saw ${firsts}`);
    }
    return faults;
  }

  private start(rates: ChaosRates): void {
    const chaos = this.chaos(rates);
    const subscriptions = new PersistentSubscriptions({ ...this.shared.open(chaos), clock: this.clock });
    this.processes.push({ chaos, subscriptions });
    const { partitions, batchSize } = this.plan;
    subscriptions.subscribe(
      {
        name: NAME,
        leaseDuration: LEASE,
        partitions,
        batchSize,
        retry: { maxAttempts: 2, initialDelay: 10, maxDelay: 50 },
      },
      async (one, { documents }) => {
        await chaos.at('before');
        if (this.poisoned.has(labelOf(one)) && !this.mended) throw new Error('poison');
        this.effects.push(labelOf(one));
        documents.update(one.streamName, (seen) => [...((seen as number[] | undefined) ?? []), one.version]);
        await chaos.at('after');
      },
      { documents: { collection: COLLECTION } },
    );
    subscriptions.start();
  }

  /** Two run at a time, in place of those that died. */
  private replace(): void {
    const alive = this.processes.filter(({ chaos }) => !chaos.dead).length;
    if (alive < 2 && this.random() < 0.5) this.start(this.plan.rates);
  }

  private chaos(rates: ChaosRates): ProcessChaos {
    return new ProcessChaos(rates, this.random, this.clock, 2 * LEASE);
  }

  private lag() {
    const [subscription] = this.processes.at(-1)?.subscriptions.all() ?? [];
    if (!subscription) throw new Error('Nobody subscribes.');
    return subscription.lag();
  }

  private async replay({ checkpoints }: ProjectorStores): Promise<void> {
    const { partitions } = this.plan;
    const names = Array.from({ length: partitions }, (_, index) => `${NAME}/${index + 1}-of-${partitions}`);
    for (const name of partitions === 1 ? [NAME] : names) await checkpoints.replayParked(name);
  }

  /** Moves the clock until the work has ended. */
  private async awaited<Result>(work: Promise<Result>): Promise<Result> {
    const progress = { ended: false };
    work.then(
      () => (progress.ended = true),
      () => (progress.ended = true),
    );
    for (let rounds = 0; !progress.ended; rounds += 1) {
      if (rounds > 2000) throw new Error('The work did not end.');
      await this.clock.advance(rounds < 3 ? 0 : 20);
    }
    return work;
  }
}
