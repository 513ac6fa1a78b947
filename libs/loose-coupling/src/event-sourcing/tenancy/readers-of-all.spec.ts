import { FaultList } from '../../kernel/index.js';
import { defineEvent } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { createStores } from '../create-stores.js';
import type { EventStore } from '../core/event-store.js';
import { OutboxRelay } from '../outbox/outbox-relay.js';
import { RelayedOutbox } from '../outbox/relayed-outbox.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { OnDeadline, StartedBy } from '../process-manager/process-handler.decorators.js';
import { ProcessManager } from '../process-manager/process-manager.decorator.js';
import { readProcessManager } from '../process-manager/process-manager-model.js';
import { ProcessManagers } from '../process-manager/process-managers.js';
import type { Process } from '../process-manager/process.js';
import { On, type ProjectionContext } from '../projections/on.decorator.js';
import { Projection } from '../projections/projection.decorator.js';
import { Projections } from '../projections/projections.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { codeOf, collect, event, message } from '../testing/event-store-under-test.js';
import { isForAllTenants, withAllTenants } from './all-tenants.js';
import { withTenant } from './tenant.js';
import { TenantedOutbox } from './tenanted-outbox.js';

const TENANTS = ['acme', 'zeta'] as const;
const MISSING = 'LC_MISSING_TENANT';
const Opened = defineEvent<{ readonly id: string }>('case.opened');

/** Whose events the work in progress can see. */
const seenIn = async (store: EventStore) => [
  ...new Set((await collect(store.readAll())).map(({ metadata }) => metadata['tenantId'])),
];

@Projection<{ readonly seen: unknown; readonly times: number }>({ name: 'placed' })
class Placed {
  constructor(private readonly store: EventStore) {}

  @On('placed')
  async placed(_: unknown, { envelope, documents }: ProjectionContext<{ seen: unknown; times: number }>) {
    const seen = await seenIn(this.store);
    documents.update(envelope.streamName, (known) => ({ seen, times: (known?.times ?? 0) + 1 }));
  }
}

@ProcessManager('case')
class CaseManager {
  readonly fired: unknown[] = [];

  constructor(private readonly store: EventStore) {}

  @StartedBy(Opened, ({ id }) => id)
  opened(_: unknown, process: Process): void {
    process.schedule('answer', { after: 1000 });
  }

  @OnDeadline('answer')
  async unanswered(process: Process): Promise<void> {
    this.fired.push(await seenIn(this.store));
    process.complete();
  }
}

/** An application reduced to what reads the feed, with an order of each tenant. */
async function setUp() {
  const clock = new FakeClock();
  const options = { service: 's', store: { type: 'memory' }, tenancy: { type: 'prefix' } } as const;
  const { events: store, checkpoints, processes: index, outbox } = createStores(options, clock, () => undefined);
  const reports: string[] = [];
  const report = (message: string, error: unknown) => void reports.push(`${message} ${String(error)}`);
  /** What upcasters can do, which are asked before it is known whom the event is handled for. */
  const upcasting = new Set<unknown>();
  const subscriptions = new PersistentSubscriptions({
    store,
    checkpoints,
    clock,
    report,
    upcast: async (one) => {
      upcasting.add(await codeOf(seenIn(store)));
      return [one];
    },
  });
  const projections = new Projections({ store, checkpoints, subscriptions, clock, report, upcast: (one) => [one] });
  projections.add(new Placed(store));
  const messages = new OutgoingMessageFactory('s', clock);
  const processes = new ProcessManagers({ events: store, index, messages, clock, report });
  const manager = new CaseManager(store);
  const faults = new FaultList('test');
  const model = readProcessManager(CaseManager, faults);
  faults.throwIfAny();
  if (!model) throw new Error('There is no model.');
  const cases = processes.register(model, manager);
  for (const tenant of TENANTS) {
    await withTenant(tenant, () => store.appendToStream('order-1', [event('placed')]));
    await withTenant(tenant, () => cases.handleMessage(Opened.name, { id: 'one' }, 'm'));
  }
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(20);
  };
  const close = async () => {
    await Promise.all([projections.close(), processes.stop()]);
    await subscriptions.close();
    await store.close();
  };
  return { clock, store, outbox, subscriptions, projections, processes, manager, upcasting, reports, settle, close };
}

/** By whom work is begun that is nobody's: it must not matter. Each resolves with what is begun. */
const beginnings: [string, <R>(work: () => Promise<R>) => Promise<R>][] = [
  ['by the service', (work) => work()],
  ['within a tenant', (work) => withTenant('acme', work)],
  [
    'within work for all that lasts',
    (work) =>
      new Promise((resolve, reject) => {
        void withAllTenants(() => {
          work().then(resolve, reject);
          return new Promise(() => undefined);
        });
      }),
  ],
];

describe.each(beginnings)('the feed of all, read by what was begun %s', (_, begin) => {
  it('comes to subscriptions event by event, each for its tenant only', async () => {
    const { store, subscriptions, settle, upcasting, reports, close } = await setUp();
    const heard: unknown[] = [];
    await begin(async () => {
      subscriptions.subscribe({ name: 'readers', types: ['placed'] }, async ({ streamName }) => {
        heard.push([streamName, await seenIn(store), isForAllTenants()]);
      });
      subscriptions.start();
    });
    await settle();
    expect(heard).toEqual([
      ['acme#order-1', ['acme'], false],
      ['zeta#order-1', ['zeta'], false],
    ]);
    expect([...upcasting]).toEqual([MISSING]);
    expect(reports).toEqual([]);
    await close();
  });

  it('comes from its end to a subscription that wants what is new', async () => {
    const { store, subscriptions, settle, close } = await setUp();
    const heard: string[] = [];
    await begin(async () => {
      subscriptions.subscribe({ name: 'new', from: 'end' }, ({ streamName }) => void heard.push(streamName));
      subscriptions.start();
    });
    await settle();
    await withTenant('zeta', () => store.appendToStream('order-2', [event('placed')]));
    await settle();
    expect(heard).toEqual(['zeta#order-2']);
    await close();
  });

  it('comes again where it was parked', async () => {
    const { store, subscriptions, settle, close } = await setUp();
    const heard: unknown[] = [];
    let broken = true;
    const options = { name: 'readers', types: ['placed'], retry: { maxAttempts: 1 } };
    const subscription = await begin(async () => {
      subscriptions.start();
      return subscriptions.subscribe(options, async ({ streamName }) => {
        if (broken) throw new Error('broken');
        heard.push([streamName, await seenIn(store)]);
      });
    });
    await settle();
    expect((await subscription.lag()).parked).toBe(2);
    broken = false;
    expect(await begin(() => withAllTenants(() => subscription.replayParked()))).toBe(2);
    await settle();
    expect(heard).toEqual([
      ['acme#order-1', ['acme']],
      ['zeta#order-1', ['zeta']],
    ]);
    expect(await begin(() => subscription.lag())).toMatchObject({ positions: 0, parked: 0 });
    await close();
  });

  it('goes into a projection that is built anew', async () => {
    const { store, subscriptions, projections, settle, reports, close } = await setUp();
    subscriptions.start();
    await begin(() => projections.start());
    await settle();
    expect((await projections.status(Placed)).live?.run).toBe(0);
    await begin(() => projections.rebuild(Placed));
    await settle();
    const { live, building } = await begin(() => projections.status(Placed));
    expect([live?.run, live?.lag.positions, building]).toEqual([1, 0, undefined]);
    const model = projections.readModel(Placed);
    for (const tenant of TENANTS) expect(await model.get(`${tenant}#order-1`)).toEqual({ seen: [tenant], times: 1 });
    const { position = 0 } = await withTenant('zeta', () => store.appendToStream('order-1', [event('placed')]));
    const waited = begin(() => projections.waitForProjection(Placed, position));
    await settle();
    await waited;
    expect(await model.get('zeta#order-1')).toEqual({ seen: ['zeta'], times: 2 });
    expect(reports).toEqual([]);
    await close();
  });

  it('has the deadlines of all handled, each for its tenant only', async () => {
    const { clock, processes, manager, reports, close } = await setUp();
    await clock.advance(1000);
    expect(await begin(() => processes.fireDeadlines())).toBe(2);
    expect(manager.fired.toSorted()).toEqual([['acme'], ['zeta']]);
    expect(reports).toEqual([]);
    await close();
  });

  it('has deadlines found by whichever timer there is', async () => {
    const { processes, manager, clock, settle, reports, close } = await setUp();
    await begin(async () => processes.start());
    await clock.advance(1000);
    await settle();
    expect(manager.fired.toSorted()).toEqual([['acme'], ['zeta']]);
    expect(reports).toEqual([]);
    await close();
  });

  it('has the open processes of all listed anew', async () => {
    const { clock, store, processes, manager, close } = await setUp();
    const over = { manager: 'case', id: 'one', over: true } as const;
    for (const tenant of TENANTS) await withTenant(tenant, () => store.commit({ appends: [], process: over }));
    await clock.advance(1000);
    expect(await begin(() => processes.fireDeadlines())).toBe(0);
    expect(await begin(() => processes.reindex())).toBe(2);
    expect(await begin(() => processes.fireDeadlines())).toBe(2);
    expect(manager.fired.toSorted()).toEqual([['acme'], ['zeta']]);
    await close();
  });
});

describe('events that were parked', () => {
  it('are shown, and handled again, by their tenant, whoever asks for all, and nobody else', async () => {
    const { store, subscriptions, projections, settle, close } = await setUp();
    const heard: string[] = [];
    let broken = true;
    const options = { name: 'readers', types: ['placed'], retry: { maxAttempts: 1 } };
    const subscription = subscriptions.subscribe(options, ({ streamName }) => {
      if (broken) throw new Error(`broken by ${streamName}`);
      heard.push(streamName);
    });
    subscriptions.start();
    await withTenant('zeta', () => store.appendToStream('order-2', [event('placed')]));
    await settle();
    broken = false;
    const names = async () => (await subscription.parked()).map(({ streamName }) => streamName);
    expect(await codeOf(names())).toBe(MISSING);
    expect(await withTenant('acme', names)).toEqual(['order-1']);
    expect(await withTenant('zeta', names)).toEqual(['order-1', 'order-2']);
    expect(await withTenant('other', names)).toEqual([]);
    expect(await withAllTenants(names)).toEqual(['acme#order-1', 'zeta#order-1', 'zeta#order-2']);

    expect(await codeOf(subscription.replayParked())).toBe(MISSING);
    expect(await codeOf(subscription.replayParked('zeta#order-2'))).toBe(MISSING);
    expect(await withTenant('acme', () => subscription.replayParked('zeta#order-2'))).toBe(0);
    expect(await withTenant('other', () => subscription.replayParked())).toBe(0);
    expect(await withTenant('zeta', () => subscription.replayParked('order-2'))).toBe(1);
    await settle();
    expect(heard).toEqual(['zeta#order-2']);
    expect(await withTenant('zeta', () => subscription.replayParked())).toBe(1);
    await settle();
    expect(heard).toEqual(['zeta#order-2', 'zeta#order-1']);
    expect(await withAllTenants(() => subscription.replayParked('acme#order-1'))).toBe(1);
    await settle();
    expect(heard).toHaveLength(3);
    expect((await subscription.lag()).parked).toBe(0);
    await projections.start();
    await settle();
    expect(await codeOf(projections.parked(Placed))).toBe(MISSING);
    expect(await codeOf(projections.replayParked(Placed))).toBe(MISSING);
    expect(await withAllTenants(() => projections.parked(Placed))).toEqual([]);
    await close();
  });
});

describe('messages that were parked', () => {
  it('are shown to their tenant, whoever asks for all, and nobody else', async () => {
    const { clock, store, outbox: storage, close } = await setUp();
    const relay = new OutboxRelay({ storage, clock, transport: {} as never });
    const outbox = new TenantedOutbox(new RelayedOutbox(storage, relay, clock));
    // Without saying whose: the commit does.
    for (const tenant of TENANTS)
      await withTenant(tenant, () => store.appendToStream('order-1', [], { messages: [message(`of ${tenant}`)] }));
    const ids = (await storage.pending(0, 100)).map(({ id }) => id);
    const lease = await storage.acquire('test', 1000);
    await storage.settle(lease, { published: [], parked: ids.map((id) => ({ id, reason: 'too large' })) });
    const parked = async () => (await outbox.parked()).map(({ envelope: { id, tenantid } }) => [id, tenantid]);
    expect(await codeOf(parked())).toBe(MISSING);
    expect(await withTenant('acme', parked)).toEqual([['of acme', 'acme']]);
    expect(await withTenant('zeta', parked)).toEqual([['of zeta', 'zeta']]);
    expect(await withAllTenants(parked)).toEqual([
      ['of acme', 'acme'],
      ['of zeta', 'zeta'],
    ]);
    expect(await outbox.retryParked()).toBe(2);
    expect(await outbox.pending()).toBe(2);
    await close();
  });
});

describe('what is stuck, and whatever else names one stream', () => {
  it('is told to its tenant, to whoever asks for all, and to nobody else', async () => {
    const { processes, projections, close } = await setUp();
    const stuck = async () => (await processes.findStuck()).map(({ tenantId }) => tenantId);
    expect(await codeOf(stuck())).toBe(MISSING);
    expect(await withTenant('zeta', stuck)).toEqual(['zeta']);
    expect((await withAllTenants(stuck)).toSorted()).toEqual(['acme', 'zeta']);
    expect(await codeOf(processes.find('case', 'one'))).toBe(MISSING);
    expect(await codeOf(processes.change('case', 'one', () => undefined))).toBe(MISSING);
    const order = { streamName: 'order-1', version: 1 };
    expect(await codeOf(projections.waitForProjection(Placed, order))).toBe(MISSING);
    await close();
  });
});
