import assert from 'node:assert/strict';
import type { Snapshot } from '../snapshots/snapshot-store.js';
import type { ContractFramework } from './contract-framework.js';
import type { EventStoreFactory } from './event-store-under-test.js';

const snapshot = (change: Partial<Snapshot> = {}): Snapshot => ({
  streamName: 'order-1',
  revision: 1,
  version: 3,
  eventId: '0192f0c1-2b3d-7c4e-8f50-112233445566',
  state: { total: 4.5, lines: [{ sku: 'ä' }], note: null },
  ...change,
});

/** States of streams, kept so that loading need not begin at the first event. */
export function describeSnapshots({ it }: ContractFramework, create: EventStoreFactory): void {
  it('gives back the last one, whole, and none where there is none', async () => {
    const { snapshots, close } = await create();
    assert.equal(await snapshots.load('order-1', 1), undefined);
    await snapshots.save(snapshot());
    assert.deepEqual(await snapshots.load('order-1', 1), snapshot());
    await snapshots.save(snapshot({ version: 9, state: [1, 'two', false] }));
    assert.deepEqual(await snapshots.load('order-1', 1), snapshot({ version: 9, state: [1, 'two', false] }));
    await close();
  });

  it('keeps revisions and streams apart, and deletes all revisions of one stream', async () => {
    const { snapshots, close } = await create();
    await snapshots.save(snapshot({ revision: 1, state: 'one' }));
    await snapshots.save(snapshot({ revision: 2, state: 'two' }));
    await snapshots.save(snapshot({ streamName: 'order-11', state: 'other' }));
    assert.equal((await snapshots.load('order-1', 1))?.state, 'one');
    assert.equal((await snapshots.load('order-1', 2))?.state, 'two');
    assert.equal(await snapshots.load('order-1', 3), undefined);
    await snapshots.delete('order-1');
    await snapshots.delete('order-1');
    assert.equal(await snapshots.load('order-1', 1), undefined);
    assert.equal(await snapshots.load('order-1', 2), undefined);
    assert.equal((await snapshots.load('order-11', 1))?.state, 'other');
    await close();
  });

  it('takes the place of a later one, as after a store was put back', async () => {
    const { snapshots, close } = await create();
    await snapshots.save(snapshot({ version: 9 }));
    await snapshots.save(snapshot({ version: 3 }));
    assert.equal((await snapshots.load('order-1', 1))?.version, 3);
    await close();
  });

  it('gives everyone a state of their own', async () => {
    const { snapshots, close } = await create();
    const given = { lines: ['a'] };
    await snapshots.save(snapshot({ state: given }));
    given.lines.push('b');
    const first = await snapshots.load('order-1', 1);
    Object.assign(first?.state ?? {}, { lines: ['c'] });
    assert.deepEqual((await snapshots.load('order-1', 1))?.state, { lines: ['a'] });
    await close();
  });

  it('holds a state of 200 KB', async () => {
    const { snapshots, close } = await create();
    const state = { text: 'äöü '.repeat(33_000) };
    await snapshots.save(snapshot({ state }));
    assert.deepEqual((await snapshots.load('order-1', 1))?.state, state);
    await close();
  });

  it('leaves the stream of its name alone', async () => {
    const { store, snapshots, close } = await create();
    await snapshots.save(snapshot());
    for await (const found of store.readStream('order-1')) assert.fail(`It has an event: ${found.type}`);
    await close();
  });
}
