import { AssertionError } from 'node:assert';
import { EventType } from '../../event-sourcing/event-types/event-type.decorator.js';
import {
  GRACE_MS,
  Closed,
  Ordered,
  Paid,
  PAYMENT_MS,
  Release,
  Reserve,
  Reserved,
  SaleManager,
  Ship,
  Shipped,
  TakeBack,
} from '../../event-sourcing/process-manager/testing/sale.manager.js';
import { ProcessManager, StartedBy, type Process } from '../../event-sourcing/runtime.js';
import { given } from './given.js';
import type { ProcessOutcome } from './process-scenario.js';

const saleId = '1';
const ordered = [Ordered, { saleId, price: 5 }] as const;
const reserved = [Reserved, { saleId }] as const;
const shipped = [Shipped, { saleId }] as const;
const sale = { processManager: SaleManager };

async function messageOf(work: Promise<void>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('It passed.'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return (error as Error).message;
}

describe('given, when, then of a process manager', () => {
  it('passes when the messages and the state are as expected', async () => {
    await expect(
      given(sale)
        .when(ordered)
        .then([[Reserve, { saleId, price: 5 }]]),
    ).resolves.toBeUndefined();
    await expect(
      given(sale, [ordered])
        .when(reserved)
        .thenMessages([[Ship, { saleId }]]),
    ).resolves.toBeUndefined();
    await expect(
      given({ processManager: new SaleManager() }, [ordered, reserved])
        .when(shipped)
        .then({
          messages: [],
          state: {
            status: 'open',
            state: { price: 5, reminded: false },
            waitingFor: ['payment'],
            deadlines: { payment: PAYMENT_MS },
            compensations: ['sale.take-back', 'sale.release'],
          },
        }),
    ).resolves.toBeUndefined();
    await expect(given(sale).when([Paid, { saleId }]).thenState({ status: 'none' })).resolves.toBeUndefined();
  });

  it('lets time elapse, with all deadlines in it, each at its time', async () => {
    const unpaid = given(sale, [ordered, reserved, shipped, { elapsed: 1_000 }]);
    await expect(unpaid.whenTimeElapses(PAYMENT_MS - 1_001).then([])).resolves.toBeUndefined();
    const reminded = unpaid.whenTimeElapses(PAYMENT_MS - 1_000);
    await expect(
      reminded.thenState({ state: { price: 5, reminded: true }, deadlines: { payment: GRACE_MS } }),
    ).resolves.toBeUndefined();
    const undone = [
      [TakeBack, { saleId }],
      [Release, { saleId }],
      [Closed, { saleId, how: 'undone' }],
    ] as const;
    await expect(
      unpaid.whenTimeElapses(2 * PAYMENT_MS).then({ messages: undone, state: { status: 'completed' } }),
    ).resolves.toBeUndefined();
    await expect(
      given(sale, [ordered, reserved, shipped, { elapsed: PAYMENT_MS }])
        .whenTimeElapses(GRACE_MS)
        .then(undone),
    ).resolves.toBeUndefined();
  });

  it('takes events of the own store, in the streams they are in', async () => {
    @EventType('door.opened')
    class DoorOpened {
      constructor(readonly by: string) {}
    }
    @ProcessManager('guard')
    class Guard {
      @StartedBy(DoorOpened, (_event, { streamName }) => streamName.slice('door-'.length))
      opened({ by }: DoorOpened, process: Process): void {
        process.update({ by });
      }
    }
    await expect(
      given({ processManager: Guard }, [], { id: '7' })
        .when({ event: new DoorOpened('Ann'), stream: 'door-7' })
        .thenState({ state: { by: 'Ann' } }),
    ).resolves.toBeUndefined();
  });

  it('tells of what is otherwise, and of a failure', async () => {
    expect(await messageOf(given(sale).when(ordered).then([]))).toMatch(
      /SaleManager after 0 steps: other messages.*sale\.reserve/s,
    );
    expect(await messageOf(given(sale, [ordered]).whenTimeElapses(1).thenState({ status: 'completed' }))).toMatch(
      /SaleManager after 1 step: the state is another.*open.*completed/s,
    );
    await expect(given(sale).when(shipped).thenThrows('LC_PROCESS_NOT_STARTED')).resolves.toBeUndefined();
    expect(await messageOf(given(sale).when(shipped).then([]))).toMatch(/failed with.*LC_PROCESS_NOT_STARTED/s);
  });

  it('does not pass when nothing is expected', async () => {
    const outcome: ProcessOutcome = given(sale).when(ordered);
    await expect(Promise.resolve(outcome as unknown)).rejects.toThrow(/nothing is expected/);
  });

  it('refuses a class that is no process manager', () => {
    class Plain {}
    expect(() => given({ processManager: Plain })).toThrow(TypeError);
  });
});
