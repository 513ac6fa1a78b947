import assert from 'node:assert/strict';
import type { OpenProcess, ProcessChange, ProcessIndex } from '../core/process-index.js';
import type { ContractFramework } from './contract-framework.js';
import { codeOf, event, type EventStoreFactory, type EventStoreUnderTest } from './event-store-under-test.js';

const open = (id: string, dueAt?: number, manager = 'sale'): OpenProcess => ({
  manager,
  id,
  openedAt: 1_000,
  changedAt: 2_000,
  waitingFor: ['payment'],
  deadlines:
    dueAt === undefined
      ? []
      : [
          { name: 'late', dueAt: dueAt + 5 },
          { name: 'payment', dueAt },
        ],
});

const over = (id: string): ProcessChange => ({ manager: 'sale', id, over: true });

const idsOf = (entries: readonly OpenProcess[]): string[] => entries.map(({ id }) => id);

async function idsOfOpen(processes: ProcessIndex, manager = 'sale'): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of processes.open(manager)) ids.push(id);
  return ids.toSorted();
}

/** The list of open instances of process managers. Skipped by a store that keeps none. */
export function describeProcessIndex({ it }: ContractFramework, create: EventStoreFactory): void {
  const test = (name: string, work: (made: EventStoreUnderTest & { processes: ProcessIndex }) => Promise<void>) =>
    it(name, async () => {
      const made = await create();
      if (made.processes) await work({ ...made, processes: made.processes });
      await made.close();
    });

  const commit = ({ store }: EventStoreUnderTest, process: ProcessChange, expectedVersion?: number) =>
    store.commit({
      appends: [
        {
          streamName: `pm-${process.manager}-${process.id}`,
          events: [event('x')],
          ...(expectedVersion !== undefined && { expectedVersion }),
        },
      ],
      process,
    });

  test('lists what is open as its last commit left it, by manager', async (made) => {
    await commit(made, open('a', 10));
    await commit(made, open('b'));
    await commit(made, open('c', 20, 'other'));
    await commit(made, open('a', 30));

    assert.deepEqual(await idsOfOpen(made.processes), ['a', 'b']);
    const listed = [];
    for await (const entry of made.processes.open('other')) listed.push(entry);
    assert.deepEqual(listed, [open('c', 20, 'other')]);
  });

  test('lists what is due by its earliest deadline, and nothing without one', async (made) => {
    await commit(made, open('late', 30));
    await commit(made, open('early', 10));
    await commit(made, open('never'));
    await commit(made, open('foreign', 5, 'other'));
    await commit(made, open('middle', 20));

    assert.deepEqual(idsOf(await made.processes.due('sale', 9, 10)), []);
    assert.deepEqual(idsOf(await made.processes.due('sale', 20, 10)), ['early', 'middle']);
    assert.deepEqual(idsOf(await made.processes.due('sale', 99, 2)), ['early', 'middle']);
    await commit(made, open('early'));
    await commit(made, open('middle', 40));
    assert.deepEqual(idsOf(await made.processes.due('sale', 99, 10)), ['late', 'middle']);
  });

  test('forgets what is over', async (made) => {
    await commit(made, open('a', 10));
    await commit(made, over('a'));
    assert.deepEqual(await made.processes.due('sale', 99, 10), []);
    assert.deepEqual(await idsOfOpen(made.processes), []);
    await commit(made, over('unheard of'));
  });

  test('changes with its commit, or not at all', async (made) => {
    await commit(made, open('a', 10));
    assert.equal(await codeOf(commit(made, open('a', 20), 7)), 'LC_WRONG_EXPECTED_VERSION');
    assert.equal(await codeOf(commit(made, over('a'), 7)), 'LC_WRONG_EXPECTED_VERSION');
    assert.deepEqual(await made.processes.due('sale', 99, 10), [open('a', 10)]);
  });

  test('is mended by a commit without events', async (made) => {
    await commit(made, over('a'));
    const mend = (expectedVersion: number) =>
      made.store.commit({
        appends: [{ streamName: 'pm-sale-a', events: [], expectedVersion }],
        process: open('a', 10),
      });
    assert.equal(await codeOf(mend(2)), 'LC_WRONG_EXPECTED_VERSION');
    await mend(1);
    assert.deepEqual(await idsOfOpen(made.processes), ['a']);
  });

  test('lists more than a page', async (made) => {
    const ids = Array.from({ length: 101 }, (_, index) => `n${index}`);
    await Promise.all(ids.map((id) => commit(made, open(id))));
    assert.deepEqual(await idsOfOpen(made.processes), ids.toSorted());
  });
}
