import { FaultList, withCorrelation } from '../../kernel/index.js';
import { defineCommand, defineEvent, type MessageContract } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { EventType } from '../event-types/event-type.decorator.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { codeOf, read } from '../testing/event-store-under-test.js';
import { ContinuedBy, OnDeadline, StartedBy } from './process-handler.decorators.js';
import { ProcessManager } from './process-manager.decorator.js';
import { readProcessManager, type ProcessManagerClass } from './process-manager-model.js';
import { ProcessManagers } from './process-managers.js';
import type { Process } from './process.js';
import { GRACE_MS, Ordered, Paid, PAYMENT_MS, Reserved, SaleManager, Shipped } from './testing/sale.manager.js';

const MINUTE = 60_000;

function modelOf(owner: ProcessManagerClass) {
  const faults = new FaultList('test');
  const model = readProcessManager(owner, faults);
  faults.throwIfAny();
  if (!model) throw new Error('There is no model.');
  return model;
}

/** An application reduced to its process managers, on a store in memory. */
function setUp(owner: ProcessManagerClass = SaleManager, instance: object = new owner()) {
  const clock = new FakeClock();
  const store = new MemoryEventStore({ clock });
  const messages = new OutgoingMessageFactory('shop', clock);
  const reports: string[] = [];
  const open = () => {
    const processes = new ProcessManagers({
      events: store,
      index: store.processes,
      messages,
      clock,
      report: (message, error) => reports.push(`${message} ${String(error)}`),
    });
    const manager = processes.register(modelOf(owner), instance);
    let count = 0;
    const give = (contract: MessageContract, data: unknown, id = `m${(count += 1)}`) =>
      manager.handleMessage(contract.name, data, id);
    return { processes, give };
  };
  const sent = async () =>
    (await store.outbox.pending(0, 1000)).map(({ destination, envelope }) => `${destination} ${text(envelope.data)}`);
  return { clock, store, reports, open, sent, ...open() };
}

const text = (data: unknown): string => Object.values(data as object).join('/');

describe('a process manager', () => {
  it('starts with its first input, keeps its state in its stream and sends what it asks for', async () => {
    const { store, sent, give, processes, clock } = setUp();

    await give(Ordered, { saleId: '1', price: 5 });
    await give(Reserved, { saleId: '1' });

    expect(await sent()).toEqual(['sale-reserve 1/5', 'sale-ship 1']);
    expect(await processes.find('sale', '1')).toEqual({
      manager: 'sale',
      id: '1',
      status: 'open',
      state: { price: 5, reminded: false },
      openedAt: clock.now(),
      changedAt: clock.now(),
      waitingFor: ['shipment'],
      deadlines: [],
      compensations: ['sale.release'],
    });
    expect((await read(store, 'pm-sale-1')).map(({ type }) => type)).toEqual([
      'process.started',
      'process.inputHandled',
      'process.updated',
      'process.waiting',
      'process.messageSent',
      'process.inputHandled',
      'process.compensationAdded',
      'process.waiting',
      'process.messageSent',
    ]);
  });

  it('takes what starts it in any order', async () => {
    const { sent, give } = setUp();
    await give(Reserved, { saleId: '1' });
    await give(Ordered, { saleId: '1', price: 5 });
    expect(await sent()).toEqual(['sale-ship 1', 'sale-reserve 1/5']);
  });

  it('handles each input once, however often it comes and whoever forgot it', async () => {
    const { sent, give, open } = setUp();
    await give(Ordered, { saleId: '1', price: 5 }, 'a');
    await give(Ordered, { saleId: '1', price: 5 }, 'a');
    await open().give(Ordered, { saleId: '1', price: 5 }, 'a');
    expect(await sent()).toEqual(['sale-reserve 1/5']);
  });

  it('refuses an input that came before any that starts it, so that it comes again, or ignores it', async () => {
    const { store, give } = setUp();
    expect(await codeOf(give(Shipped, { saleId: '1' }))).toBe('LC_PROCESS_NOT_STARTED');
    await give(Paid, { saleId: '1' });
    expect(await read(store, 'pm-sale-1')).toEqual([]);
  });

  it('lets nothing happen to an instance that is over, and forgets its deadlines', async () => {
    const { store, clock, sent, give, processes } = setUp();
    for (const contract of [Ordered, Reserved, Shipped, Paid]) await give(contract, { saleId: '1', price: 5 });
    const events = await read(store, 'pm-sale-1');

    await clock.advance(2 * PAYMENT_MS);
    await give(Ordered, { saleId: '1', price: 6 });
    expect(await processes.fireDeadlines()).toBe(0);

    expect(await read(store, 'pm-sale-1')).toEqual(events);
    expect((await sent()).at(-1)).toBe('sale.closed 1/paid');
    expect(await processes.find('sale', '1')).toMatchObject({ status: 'completed', deadlines: [], compensations: [] });
    expect(await processes.findStuck()).toEqual([]);
    expect(await processes.find(SaleManager, '1')).toEqual(await processes.find('sale', '1'));
    await expect(processes.findStuck({ manager: class Other {} })).rejects.toThrow('no process manager "Other"');
  });

  it('handles two inputs at a time one after the other', async () => {
    const { clock, sent, give } = setUp();
    const both = Promise.all([give(Ordered, { saleId: '1', price: 5 }), give(Reserved, { saleId: '1' })]);
    await clock.advance(1000);
    await both;
    expect((await sent()).toSorted()).toEqual(['sale-reserve 1/5', 'sale-ship 1']);
  });

  it('stores nothing of a handler that fails, not even what it was asked for before', async () => {
    @ProcessManager('failing')
    class Failing {
      fails = true;

      @StartedBy(Ordered, ({ saleId }) => saleId)
      ordered(_data: unknown, process: Process): void {
        process.update({ a: 1 });
        process.publish(Paid, { saleId: '1' });
        if (this.fails) throw new Error('not now');
      }
    }
    const instance = new Failing();
    const { store, sent, give, processes } = setUp(Failing, instance);
    await expect(give(Ordered, { saleId: '1', price: 1 }, 'a')).rejects.toThrow('not now');
    expect(await read(store, 'pm-failing-1')).toEqual([]);
    instance.fails = false;
    await give(Ordered, { saleId: '1', price: 1 }, 'a');
    expect(await sent()).toEqual(['sale.paid 1']);
    expect(await processes.find('failing', '1')).toMatchObject({ state: { a: 1 } });
  });

  it('says what a handler asks for wrongly, and stores nothing of it', async () => {
    let work: (process: Process) => void | Promise<void> = () => undefined;
    @ProcessManager('wrong')
    class Wrong {
      @StartedBy(Ordered, ({ saleId }) => saleId)
      async ordered(_data: unknown, process: Process): Promise<void> {
        await work(process);
      }
    }
    const { store, give } = setUp(Wrong);
    const failure = async (does: typeof work, saleId: unknown = '1') => {
      work = does;
      return codeOf(give(Ordered, { saleId, price: 1 }));
    };
    expect(await failure((process) => process.schedule('payment', { after: 1 }))).toBe('LC_PROCESS_USAGE');
    // It would stay as it is, unnoticed.
    expect(await failure((process) => process.update({ price: undefined }))).toBe('LC_PROCESS_USAGE');
    expect(await failure(() => undefined, 7)).toBe('LC_PROCESS_USAGE');
    // It would be kept, and sent, without being encrypted.
    const Refund = defineCommand<{ buyerId: string; email: string }>('sale.refund', {
      personalData: { subject: 'buyerId', fields: ['email'] },
    });
    expect(await failure((process) => process.compensateWith(Refund, { buyerId: '7', email: 'a@b.c' }))).toBe(
      'LC_PROCESS_USAGE',
    );
    expect(await failure((process) => process.update({ at: new Date() }))).toBe('LC_UNSTORABLE_DATA');
    expect(await failure((process) => (process.complete(), process.waitFor('x')))).toBe('LC_PROCESS_USAGE');
    expect(await read(store, 'pm-wrong-1')).toEqual([]);

    let late: Process | undefined;
    work = (process) => void (late = process);
    await give(Ordered, { saleId: '1', price: 1 });
    expect(() => late?.update({ a: 1 })).toThrow('after its handler has returned');
  });
});

describe('events of the own store', () => {
  @EventType('door.opened', { version: 2 })
  class DoorOpened {
    constructor(readonly by: string) {}

    get name(): string {
      return `by ${this.by}`;
    }
  }

  @ProcessManager('guard')
  class Guard {
    @StartedBy(DoorOpened, ({ by }, { streamName }) => `${streamName}/${by}`)
    opened(event: DoorOpened, process: Process<{ seen: string[] }>): void {
      process.update({ seen: [...(process.state.seen ?? []), event.name] });
    }
  }

  const stored = (id: string, schemaVersion = 2) => ({
    id,
    streamName: 'door-1',
    version: 1,
    position: 1,
    type: 'door.opened',
    schemaVersion,
    data: { by: 'Ann' },
    metadata: {},
    recordedAt: 0,
  });

  it('come as instances of their classes, and have their effect once', async () => {
    const { processes, guard } = setUpGuard();
    await guard.handleEvent(stored('a'));
    await guard.handleEvent(stored('b'));
    await guard.handleEvent(stored('a'));
    await guard.handleEvent({ ...stored('c'), type: 'door.closed' });
    expect(await processes.find('guard', 'door-1/Ann')).toMatchObject({ state: { seen: ['by Ann', 'by Ann'] } });
  });

  it('of another version are refused, so that they are parked', async () => {
    const { guard } = setUpGuard();
    expect(await codeOf(guard.handleEvent(stored('a', 1)))).toBe('LC_UNKNOWN_EVENT_TYPE');
  });

  function setUpGuard() {
    const { processes } = setUp();
    return { processes, guard: processes.register(modelOf(Guard), new Guard()) };
  }
});

describe('the deadlines of a process', () => {
  async function toPayment(sale = setUp()) {
    for (const contract of [Ordered, Reserved, Shipped]) await sale.give(contract, { saleId: '1', price: 5 });
    return sale;
  }

  it('are reached once, at their time, and not before', async () => {
    const { clock, sent, processes } = await toPayment();
    processes.start();
    await clock.advance(PAYMENT_MS - 1);
    expect(await processes.find('sale', '1')).toMatchObject({ state: { reminded: false } });
    await clock.advance(1);
    expect(await processes.find('sale', '1')).toMatchObject({ state: { reminded: true }, status: 'open' });
    await clock.advance(GRACE_MS);
    expect(await processes.find('sale', '1')).toMatchObject({ status: 'completed' });
    await clock.advance(10 * PAYMENT_MS);
    await processes.stop();

    // What succeeded last is undone first.
    expect((await sent()).slice(2)).toEqual(['sale-take-back 1', 'sale-release.fifo 1', 'sale.closed 1/undone']);
  });

  it('are reached once by all processes together, and late when none was up', async () => {
    const { clock, sent, open } = await toPayment();
    await clock.advance(3 * PAYMENT_MS);
    const others = [open(), open(), open()];
    for (const { processes } of others) processes.start();
    await clock.advance(GRACE_MS + MINUTE);
    for (const { processes } of others) await processes.stop();
    expect((await sent()).slice(2)).toEqual(['sale-take-back 1', 'sale-release.fifo 1', 'sale.closed 1/undone']);
  });

  it('are gone when they are taken back, and move when they are set again', async () => {
    const { clock, processes } = await toPayment();
    await processes.change('sale', '1', (process) => process.schedule('payment', { at: new Date(clock.now() + 1) }));
    expect(await processes.find('sale', '1')).toMatchObject({ deadlines: [{ dueAt: clock.now() + 1 }] });
    await processes.change('sale', '1', (process) => process.cancelDeadline('payment'));
    await clock.advance(10 * PAYMENT_MS);
    expect(await processes.fireDeadlines()).toBe(0);
  });

  it('that fail are tried again, later and later, and hold up no others', async () => {
    @ProcessManager('sick')
    class Sick {
      attempts = 0;

      @StartedBy(Ordered, ({ saleId }) => saleId)
      ordered({ price }: { price: number }, process: Process): void {
        process.schedule('end', { after: price });
      }

      @OnDeadline('end')
      end(process: Process): void {
        if (process.id === 'sick' && ++this.attempts < 4) throw new Error('still sick');
        process.complete();
      }
    }
    const instance = new Sick();
    const { clock, reports, give, processes } = setUp(Sick, instance);
    processes.start();
    await give(Ordered, { saleId: 'sick', price: 10 });
    await give(Ordered, { saleId: 'well', price: 20 });
    await clock.advance(20);
    expect(await processes.find('sick', 'well')).toMatchObject({ status: 'completed' });
    expect(instance.attempts).toBe(1);
    expect(await processes.findStuck({ overdueFor: 10 })).toMatchObject([{ id: 'sick' }]);
    await clock.advance(8_000);
    await processes.stop();

    expect(await processes.find('sick', 'sick')).toMatchObject({ status: 'completed' });
    expect(reports).toHaveLength(3);
    expect(reports[0]).toMatch(/A deadline of sick "sick" failed; it is tried again in .* still sick/);
  });

  it('belong to the work that opened the instance', async () => {
    const sale = setUp();
    await withCorrelation({ correlationId: 'c', tenantId: 't' }, () => toPayment(sale));
    await sale.clock.advance(PAYMENT_MS);
    await sale.processes.fireDeadlines();
    const last = (await read(sale.store, 'pm-sale-1')).at(-1);
    expect(last?.metadata).toEqual({ correlationId: 'c', tenantId: 't' });
  });

  it('are found again after events were copied without the list', async () => {
    const { clock, store, processes } = await toPayment();
    await store.commit({ appends: [], process: { manager: 'sale', id: '1', over: true } });
    await clock.advance(PAYMENT_MS);
    expect(await processes.fireDeadlines()).toBe(0);
    expect(await processes.reindex()).toBe(1);
    expect(await processes.fireDeadlines()).toBe(1);
  });
});

describe('what is stuck', () => {
  it('is found by how long it is open, idle or overdue, and by what it waits for', async () => {
    const { clock, give, processes } = setUp();
    const ids = async (query?: Parameters<ProcessManagers['findStuck']>[0]) =>
      (await processes.findStuck(query)).map(({ id }) => id);
    await give(Ordered, { saleId: 'old', price: 1 });
    await clock.advance(MINUTE);
    await give(Ordered, { saleId: 'new', price: 1 });
    await give(Reserved, { saleId: 'old' });
    await give(Shipped, { saleId: 'old' });
    await clock.advance(PAYMENT_MS + 1);

    expect(await ids()).toEqual(['old', 'new']);
    expect(await ids({ limit: 1 })).toEqual(['old']);
    expect(await ids({ openFor: 2 * MINUTE })).toEqual(['old']);
    expect(await ids({ idleFor: 2 * MINUTE })).toEqual([]);
    expect(await ids({ overdueFor: 1 })).toEqual(['old']);
    expect(await ids({ overdueFor: 2 })).toEqual([]);
    expect(await ids({ manager: 'sale', waitingFor: 'reservation' })).toEqual(['new']);
    expect(await codeOf(processes.findStuck({ manager: 'other' }))).toBe('LC_UNKNOWN_PROCESS');
    expect(await codeOf(processes.change('sale', 'nobody', () => undefined))).toBe('LC_UNKNOWN_PROCESS');
  });
});

describe('a class that is no process manager', () => {
  const faultsOf = (owner: unknown): readonly string[] => {
    const faults = new FaultList('test');
    readProcessManager(owner as ProcessManagerClass, faults);
    return faults.faults;
  };

  it('is refused with all that is wrong', () => {
    class Plain {}
    @ProcessManager('a b', { initialState: { since: new Date() }, partitions: 0 })
    class Broken {
      @ContinuedBy(Ordered, ({ saleId }) => saleId)
      one(): void {}

      @ContinuedBy(Ordered, ({ saleId }) => saleId)
      @ContinuedBy(undefined as unknown as typeof Paid, ({ saleId }) => saleId)
      two(): void {}

      @OnDeadline('end')
      three(): void {}

      @OnDeadline('end')
      four(): void {}
    }
    expect(faultsOf(Plain)).toEqual([expect.stringContaining('classes with @ProcessManager')]);
    expect(faultsOf(undefined)).toHaveLength(1);
    expect(faultsOf(Broken)).toEqual([
      expect.stringContaining('Broken: name: expected up to 64 letters'),
      expect.stringContaining('one and two both handle sale.ordered'),
      expect.stringContaining('do two files import each other?'),
      expect.stringContaining('three and four are both for the deadline "end"'),
      expect.stringContaining('no method has @StartedBy'),
      expect.stringContaining('Broken: partitions: expected'),
      expect.stringContaining('initialState.since'),
    ]);
  });

  it('is refused when its streams could be those of another', () => {
    const Began = defineEvent<{ id: string }>('began');
    @ProcessManager('sale-return')
    class Return {
      @StartedBy(Began, ({ id }) => id)
      began(): void {}
    }
    const { processes } = setUp();
    expect(() => processes.register(modelOf(Return), new Return())).toThrow('could share streams like pm-sale-…');
  });
});
