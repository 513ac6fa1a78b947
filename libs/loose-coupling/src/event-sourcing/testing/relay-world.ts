import type { EntryResult, MessageTransport, OutgoingEvent } from '../../messaging/index.js';
import type { EventStore } from '../core/event-store.js';
import { OutboxRelay } from '../outbox/outbox-relay.js';
import type { OutboxStorage } from '../outbox/outbox-storage.js';
import { event, message } from './event-store-under-test.js';
import { NO_CHAOS, ProcessChaos, type ChaosRates, type DrivenClock } from './process-chaos.js';
import { randomFrom } from './seeded-random.js';

export interface RelayPlan {
  readonly seed: number;
  readonly rates: ChaosRates;
  /** Of all messages: the transport refuses them for good until somebody mends it. */
  readonly poison: number;
  /** How often somebody does so: after so many of the commits. */
  readonly mends: number;
  /** Of all publications: the transport takes the message another time. */
  readonly busy: number;
}

/** A store whose outbox several processes work on. */
export interface SharedOutbox {
  readonly store: EventStore;
  /** The way of one process to it, with what befalls the process. */
  open(chaos: ProcessChaos): OutboxStorage;
  close(): Promise<void>;
}

/** The same storage, with some methods in place of its own. */
export const withMethods = (storage: OutboxStorage, methods: Partial<OutboxStorage>): OutboxStorage =>
  new Proxy(storage, {
    get: (inner, key: keyof OutboxStorage) => methods[key] ?? inner[key].bind(inner),
  });

interface Process {
  readonly chaos: ProcessChaos;
  readonly relay: OutboxRelay;
}

const LEASE = 1000;
const STREAMS = ['a', 'b', 'c'];
const MESSAGES = 16;
const RELAY = { batchSize: 3, leaseDuration: LEASE, retry: { initialDelay: 10, maxDelay: 1000 } } as const;

/** Relays that crash, stand still and lose replies on one outbox, while somebody commits and mends what is parked. */
export class RelayWorld {
  private readonly random: () => number;
  private readonly operator: OutboxStorage;
  private readonly processes: Process[] = [];
  private readonly counts = new Map<string, number>();
  private readonly arrived = new Map<string, number[]>();
  private readonly poisoned = new Set<string>();
  /** Who has the right to publish. */
  private holder = '';
  private epoch = 0;
  private readonly faults: string[] = [];

  constructor(
    private readonly plan: RelayPlan,
    private readonly shared: SharedOutbox,
    private readonly clock: DrivenClock,
  ) {
    this.random = randomFrom(plan.seed);
    this.operator = shared.open(this.chaos(NO_CHAOS));
  }

  /** Resolves to what is wrong in the end; nothing is. */
  async run(): Promise<string[]> {
    for (let written = 0; written < MESSAGES; written += 1) {
      this.replace();
      await this.commit();
      if (this.random() < 0.7) await this.clock.advance(Math.floor(this.random() * LEASE));
      if (this.random() < this.plan.mends) await this.mend();
    }
    return this.settle();
  }

  private async commit(): Promise<void> {
    const stream = STREAMS[Math.floor(this.random() * STREAMS.length)] as string;
    const number = (this.counts.get(stream) ?? 0) + 1;
    this.counts.set(stream, number);
    const outgoing = message(`${stream}${number}`);
    const envelope = { ...outgoing.envelope, data: { stream, number } };
    if (this.random() < this.plan.poison) this.poisoned.add(envelope.id);
    await this.awaited(
      this.shared.store.appendToStream(stream, [event('x')], { messages: [{ ...outgoing, envelope }] }),
    );
  }

  private async mend(): Promise<void> {
    this.poisoned.clear();
    await this.awaited(this.operator.unpark());
  }

  /** Everything is well from here on: all must arrive, first in order. */
  private async settle(): Promise<string[]> {
    for (const { chaos } of this.processes) chaos.end();
    this.start(NO_CHAOS);
    const outbox = this.operator;
    for (let rounds = 0; rounds < 100; rounds += 1) {
      await this.mend();
      await this.clock.advance(LEASE);
      const parked = await this.awaited(outbox.parked());
      if (parked.length + (await this.awaited(outbox.countPending())) === 0) break;
    }
    for (const [stream, count] of this.counts) {
      const expected = Array.from({ length: count }, (_, index) => index + 1).join();
      const firsts = [...new Set(this.arrived.get(stream))].join();
      if (firsts !== expected) this.faults.push(`${stream}: expected ${expected}, first arrived ${firsts}`);
    }
    const stopping = this.processes.filter(({ chaos }) => !chaos.dead).map(({ relay }) => relay.stop());
    await this.awaited(Promise.all(stopping));
    await this.shared.close();
    return this.faults;
  }

  /** Two run at a time, in place of those that died. */
  private replace(): void {
    while (this.processes.filter(({ chaos }) => !chaos.dead).length < 2) this.start(this.plan.rates);
  }

  private start(rates: ChaosRates): void {
    const chaos = this.chaos(rates);
    const mine = { holder: '', strays: 0 };
    const storage = this.watched(this.shared.open(chaos), mine);
    const publish = (events: readonly OutgoingEvent[]): Promise<EntryResult[]> => {
      // What was on its way when the right was lost cannot be called back; what comes after it was not looked after.
      if (mine.holder !== this.holder && ++mine.strays > 1) this.faults.push('went on publishing without the lease');
      return chaos.around(() => events.map((one) => this.deliver(one)));
    };
    const transport = { publish, provision: async () => undefined } as unknown as MessageTransport;
    const relay = new OutboxRelay({ storage, transport, clock: this.clock, options: RELAY });
    this.processes.push({ chaos, relay });
    relay.start();
  }

  private chaos(rates: ChaosRates): ProcessChaos {
    return new ProcessChaos(rates, this.random, this.clock, 2 * LEASE);
  }

  /** Notes who gets the lease. */
  private watched(storage: OutboxStorage, mine: { holder: string; strays: number }): OutboxStorage {
    const acquire: OutboxStorage['acquire'] = async (holder, duration) => {
      const lease = await storage.acquire(holder, duration);
      mine.holder = holder;
      // An answer may come when another has it already.
      if (lease.epoch < this.epoch) return lease;
      this.epoch = lease.epoch;
      this.holder = lease.holder;
      if (lease.holder === holder) mine.strays = 0;
      return lease;
    };
    return withMethods(storage, { acquire });
  }

  private deliver({ envelope }: OutgoingEvent): EntryResult {
    if (this.poisoned.has(envelope.id)) return { ok: false, error: new Error('too large'), permanent: true };
    if (this.random() < this.plan.busy) return { ok: false, error: new Error('busy'), permanent: false };
    const { stream, number } = envelope.data as { stream: string; number: number };
    this.arrived.set(stream, [...(this.arrived.get(stream) ?? []), number]);
    return { ok: true, value: undefined };
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
