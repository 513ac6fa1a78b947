import { FaultList, type Clock } from '../../../libs/loose-coupling/src/kernel/index.js';
import type { MessageContext, MessageContract } from '../../../libs/loose-coupling/src/messaging/index.js';
import { InboxMiddleware } from '../../../libs/loose-coupling/src/event-sourcing/inbox/inbox.middleware.js';
import { OutgoingMessageFactory } from '../../../libs/loose-coupling/src/event-sourcing/outbox/outgoing-message.factory.js';
import { readProcessManager } from '../../../libs/loose-coupling/src/event-sourcing/process-manager/process-manager-model.js';
import { ProcessManagers } from '../../../libs/loose-coupling/src/event-sourcing/process-manager/process-managers.js';
import {
  Ordered,
  Paid,
  PAYMENT_MS,
  Reserved,
  SaleManager,
  Shipped,
} from '../../../libs/loose-coupling/src/event-sourcing/process-manager/testing/sale.manager.js';
import { FakeClock } from '../../../libs/loose-coupling/src/testing/fake-clock.js';
import { seededRandom } from '../../../libs/loose-coupling/src/messaging/consumer/testing/simulation-plan.js';
import { read } from '../../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';
import { lostReply, STORES, type ProcessStore, type SharedStore } from './faulty-stores.js';

/** How the world fails; shares of all accesses. */
export interface Chaos {
  readonly store: keyof typeof STORES;
  readonly seed: number;
  readonly sales: number;
  readonly paidShare: number;
  readonly lostReplies: number;
  /** The process does nothing more, as if killed. */
  readonly crashes: number;
  readonly staleIndex: number;
  /** Of all handled messages: they come again nevertheless. */
  readonly lostAcknowledgements: number;
}

/** Changes a process's store, so that a safeguard is missing. */
export type Sabotage = (store: ProcessStore) => ProcessStore;

interface Delivery {
  readonly contract: MessageContract;
  readonly saleId: string;
  readonly id: string;
}

interface Life {
  readonly processes: ProcessManagers;
  readonly dead: Promise<'dead'>;
  deliver(delivery: Delivery): Promise<unknown>;
}

const CONSUMERS = 3;
/** Share of accesses that take their time. */
const SLOW = 0.2;
/** A new one each time: one for all would keep every world that ever was in memory. */
const forEver = (): Promise<never> => new Promise(() => undefined);

/** Tells whole milliseconds, as a machine does, also after a wait with jitter. */
class WholeClock extends FakeClock {
  override now(): number {
    return Math.floor(super.now());
  }
}

/** Processes that share a store, get messages in any order and more than once, die and are replaced. */
export class FaultyWorld {
  readonly clock = new WholeClock();
  readonly shared: SharedStore;
  readonly reports: string[] = [];
  private readonly random: () => number;
  private readonly waiting: Delivery[];
  private readonly lives: Life[] = [];
  private calm = false;

  constructor(
    private readonly chaos: Chaos,
    private readonly sabotage: Sabotage = (store) => store,
  ) {
    this.random = seededRandom(chaos.seed);
    this.shared = STORES[chaos.store](this.clock);
    this.waiting = this.saleIds.flatMap((saleId) =>
      [Ordered, Reserved, Shipped, ...(this.random() < chaos.paidShare ? [Paid] : [])].map((contract) => ({
        contract: contract as MessageContract,
        saleId,
        id: `${contract.name}-${saleId}`,
      })),
    );
  }

  get saleIds(): string[] {
    return Array.from({ length: this.chaos.sales }, (_, index) => `s${index}`);
  }

  /** A look at what is stored, by a process that nothing happens to. */
  look(): ProcessStore {
    return this.shared.open(
      () => Promise.resolve(),
      () => true,
    );
  }

  async run(): Promise<void> {
    await this.settle(Promise.all(Array.from({ length: CONSUMERS }, () => this.consume(12))));
    this.calm = true;
    await this.settle(this.consume(Infinity));
    // In small steps: a commit to SQLite takes turns of the event loop, which the clock does not wait for.
    for (let elapsed = 0; elapsed < 3 * PAYMENT_MS; elapsed += 2_000) await this.clock.advance(2_000);
    for (const { processes } of this.lives) void processes.stop();
    await this.clock.advance(1_000);
  }

  private open(): Life {
    let die: (reason: 'dead') => void = () => undefined;
    const dead = new Promise<'dead'>((resolve) => (die = resolve));
    let isDead = false;
    const at = async (_what: string, phase: 'before' | 'after') => {
      // Others may go first at every access.
      for (let turns = Math.floor(this.random() * 3); turns > 0; turns -= 1) await Promise.resolve();
      // A store may be slow, or hardly any two would ever be at the same instance at once.
      if (!this.calm && this.random() < SLOW) await this.pass(this.random() * PAYMENT_MS * 0.2);
      if (isDead) return forEver();
      if (this.calm) return undefined;
      if (this.random() < this.chaos.crashes) {
        isDead = true;
        die('dead');
        return forEver();
      }
      if (phase === 'after' && this.random() < this.chaos.lostReplies) throw lostReply();
      return undefined;
    };
    const isIndexCurrent = () => this.calm || this.random() >= this.chaos.staleIndex;
    const life = start(this.sabotage(this.shared.open(at, isIndexCurrent)), this.clock, dead, this.reports);
    this.lives.push(life);
    return life;
  }

  private async consume(rounds: number): Promise<void> {
    let life = this.open();
    for (let round = 0; round < rounds && this.waiting.length > 0; round += 1) {
      const delivery = this.waiting[Math.floor(this.random() * this.waiting.length)];
      if (!delivery) return;
      const outcome = await Promise.race([
        life.dead,
        life.deliver(delivery).then(
          () => 'done',
          () => 'failed',
        ),
      ]);
      if (outcome === 'dead') life = this.open();
      if (outcome === 'done') await this.assertEffect(delivery);
      const isLost = !this.calm && this.random() < this.chaos.lostAcknowledgements;
      const place = this.waiting.indexOf(delivery);
      if (outcome === 'done' && !isLost && place >= 0) this.waiting.splice(place, 1);
      await this.pass(this.random() * PAYMENT_MS * 0.3);
    }
  }

  private pass(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(resolve, milliseconds));
  }

  /** What was acknowledged is in the stream, or came too late. */
  private async assertEffect({ contract, saleId, id }: Delivery): Promise<void> {
    const events = await read(this.look().store, `pm-sale-${saleId}`);
    const isThere = events.some(({ type, data }) => type === 'process.inputHandled' && (data as Delivery).id === id);
    const isOver = events.some(({ type }) => type === 'process.completed');
    const isIgnored = contract.name === Paid.name;
    if (!isThere && !isOver && !isIgnored) throw new Error(`${id} was acknowledged and has no effect.`);
  }

  /** Moves the clock until the work has ended. */
  private async settle(work: Promise<unknown>): Promise<void> {
    const progress = { ended: false };
    void work.finally(() => (progress.ended = true));
    for (let steps = 0; !progress.ended && steps < 2000; steps += 1) await this.clock.advance(2_000);
    if (!progress.ended) throw new Error('The work did not end.');
  }
}

function start(process: ProcessStore, clock: Clock, dead: Promise<'dead'>, reports: string[]): Life {
  const processes = new ProcessManagers({
    events: process.store,
    index: process.index,
    messages: new OutgoingMessageFactory('shop', clock),
    clock,
    report: (message, error) => void reports.push(`${message} ${String(error)}`),
  });
  const faults = new FaultList('test');
  const model = readProcessManager(SaleManager, faults);
  faults.throwIfAny();
  if (!model) throw new Error('There is no model.');
  const manager = processes.register(model, new SaleManager());
  const inbox = new InboxMiddleware(process.inbox);
  processes.start();
  return {
    processes,
    dead,
    deliver: ({ contract, saleId, id }) => {
      const data = { saleId, price: 1 };
      const context = { handler: `shop/SaleManager.${contract.name}`, source: 'test', id } as MessageContext;
      return inbox.handle(context, data, () => manager.handleMessage(contract.name, data, id));
    },
  };
}
