import assert from 'node:assert/strict';
import type { ParkedEvent } from '../subscriptions/checkpoint-store.js';
import type { ContractFramework } from './contract-framework.js';
import { codeOf, type EventStoreFactory } from './event-store-under-test.js';

const DURATION = 5000;
const LOST = 'LC_CHECKPOINT_LOST';

const parkedAt = (position: number, streamName = 's-1'): ParkedEvent => ({
  position,
  streamName,
  version: position,
  eventId: `e${position}`,
  type: 'x',
  reason: 'failed',
  parkedAt: 1_700_000_000_000,
  due: false,
});

/** What persistent subscriptions rely on. */
export function describeCheckpoints({ it }: ContractFramework, create: EventStoreFactory): void {
  it('begins a checkpoint where its first holder says, and remembers it', async () => {
    const { checkpoints, close } = await create();
    assert.equal(await checkpoints.read('a'), undefined);
    const lease = await checkpoints.acquire('a', 'one', DURATION, 7);
    assert.equal(lease.position, 7);
    await checkpoints.move(lease, { from: 7, to: 9, recordedAt: 1234 });
    await checkpoints.release(lease);
    const next = await checkpoints.acquire('a', 'two', DURATION, 100);
    assert.deepEqual([next.holder, next.position, next.recordedAt], ['two', 9, 1234]);
    assert.equal((await checkpoints.read('a'))?.position, 9);
    assert.equal(await checkpoints.read('b'), undefined);
    await close();
  });

  it('lends a checkpoint to one holder at a time, until it is released or expires', async () => {
    const { checkpoints, advance, close } = await create();
    const first = await checkpoints.acquire('a', 'one', DURATION);
    assert.equal(first.holder, 'one');
    assert.equal((await checkpoints.acquire('a', 'two', DURATION)).holder, 'one');
    assert.equal((await checkpoints.acquire('b', 'two', DURATION)).holder, 'two');
    await advance(DURATION - 1);
    assert.equal((await checkpoints.renew(first, DURATION)).epoch, first.epoch);
    await advance(DURATION - 1);
    assert.equal((await checkpoints.acquire('a', 'two', DURATION)).holder, 'one');
    await advance(2);
    const second = await checkpoints.acquire('a', 'two', DURATION);
    assert.equal(second.holder, 'two');
    assert.ok(second.epoch > first.epoch);
    await checkpoints.release(second);
    assert.equal((await checkpoints.acquire('a', 'one', DURATION)).holder, 'one');
    await close();
  });

  it('takes a checkpoint over whose lease has more than its duration left: the clock was set back', async () => {
    const { checkpoints, close } = await create();
    await checkpoints.acquire('a', 'one', 2 * DURATION);
    assert.equal((await checkpoints.acquire('a', 'two', DURATION)).holder, 'two');
    await close();
  });

  it('keeps the epoch of a holder whose lease expired while nobody else came', async () => {
    const { checkpoints, advance, close } = await create();
    const first = await checkpoints.acquire('a', 'one', DURATION);
    await advance(DURATION * 3);
    assert.equal((await checkpoints.acquire('a', 'one', DURATION)).epoch, first.epoch);
    await close();
  });

  it('refuses everything of a holder that was replaced', async () => {
    const { checkpoints, advance, close } = await create();
    const old = await checkpoints.acquire('a', 'one', DURATION);
    await advance(DURATION + 1);
    const current = await checkpoints.acquire('a', 'two', DURATION);
    const change = { collection: 'c', key: 'k', value: { by: 'one' }, lists: {}, before: undefined };
    const step = { from: 0, to: 3, parked: [parkedAt(2)], documents: [change] };
    assert.equal(await codeOf(checkpoints.move(old, step)), LOST);
    assert.equal(await codeOf(checkpoints.move(old, { from: 0, to: 3 })), LOST);
    assert.equal(await codeOf(checkpoints.renew(old, DURATION)), LOST);
    await checkpoints.release(old);
    assert.equal((await checkpoints.acquire('a', 'three', DURATION)).holder, 'two');
    assert.deepEqual(await checkpoints.parked('a'), []);
    assert.equal((await checkpoints.documents.getAll('c', ['k'])).size, 0);
    assert.equal((await checkpoints.move(current, { from: 0, to: 1 })).position, 1);
    await close();
  });

  it('refuses a step from anywhere but where the checkpoint is', async () => {
    const { checkpoints, close } = await create();
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    await checkpoints.move(lease, { from: 0, to: 5 });
    assert.equal(await codeOf(checkpoints.move(lease, { from: 0, to: 6 })), LOST);
    assert.equal((await checkpoints.read('a'))?.position, 5);
    await close();
  });

  it('parks events with a step, lists them in order, and takes them back', async () => {
    const { checkpoints, close } = await create();
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    await checkpoints.move(lease, { from: 0, to: 4, parked: [parkedAt(4), parkedAt(3, 's-2')] });
    await checkpoints.move(lease, { from: 4, to: 12, parked: [parkedAt(12)] });
    assert.deepEqual(await checkpoints.parked('a'), [parkedAt(3, 's-2'), parkedAt(4), parkedAt(12)]);
    assert.deepEqual(await checkpoints.parked('b'), []);
    await checkpoints.move(lease, { from: 12, to: 12, unparked: [4] });
    assert.deepEqual(
      (await checkpoints.parked('a')).map(({ position }) => position),
      [3, 12],
    );
    await close();
  });

  it('lists parked events in stretches, and counts them', async () => {
    const { checkpoints, close } = await create();
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    await checkpoints.move(lease, { from: 0, to: 9, parked: [2, 3, 5, 8].map((position) => parkedAt(position)) });
    const positions = async (afterPosition?: number, limit?: number) => {
      const range = { ...(afterPosition !== undefined && { afterPosition }), ...(limit !== undefined && { limit }) };
      return (await checkpoints.parked('a', range)).map(({ position }) => position);
    };
    assert.deepEqual(await positions(), [2, 3, 5, 8]);
    assert.deepEqual(await positions(undefined, 3), [2, 3, 5]);
    assert.deepEqual(await positions(3, 1), [5]);
    assert.deepEqual(await positions(4), [5, 8]);
    assert.deepEqual(await positions(8, 10), []);
    assert.equal(await checkpoints.countParked('a'), 4);
    assert.equal(await checkpoints.countParked('b'), 0);
    await close();
  });

  it('marks parked events that somebody wants to try again, and lets the holder notice', async () => {
    const { checkpoints, advance, close } = await create();
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    assert.equal(await checkpoints.replayParked('a'), 0);
    await checkpoints.move(lease, { from: 0, to: 4, parked: [parkedAt(3), parkedAt(4, 's-2')] });
    await advance(10);
    const before = await checkpoints.renew(lease, DURATION);
    assert.equal(await checkpoints.replayParked('a', 's-2'), 1);
    const after = await checkpoints.renew(lease, DURATION);
    assert.notEqual(after.replays, before.replays);
    const due = async () =>
      (await checkpoints.parked('a')).filter((event) => event.due).map(({ position }) => position);
    assert.deepEqual(await due(), [4]);
    assert.equal(await checkpoints.replayParked('a'), 2);
    assert.deepEqual(await due(), [3, 4]);
    await close();
  });

  it('marks those of some streams by one request', async () => {
    const { checkpoints, close } = await create();
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    const parked = [parkedAt(3), parkedAt(4, 's-2'), parkedAt(5, 's-3'), parkedAt(6, 's-2')];
    await checkpoints.move(lease, { from: 0, to: 6, parked });
    assert.equal(await checkpoints.replayParked('a', new Set(['s-2', 's-3', 'other'])), 3);
    const due = async () =>
      (await checkpoints.parked('a')).filter((event) => event.due).map(({ position }) => position);
    assert.deepEqual(await due(), [4, 5, 6]);
    assert.equal(await checkpoints.replayParked('a', new Set()), 0);
    await close();
  });

  it('refuses a step that would end behind another checkpoint, with everything in it', async () => {
    const { checkpoints, close } = await create();
    const ahead = await checkpoints.acquire('ahead', 'one', DURATION);
    await checkpoints.move(ahead, { from: 0, to: 5 });
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    const documents = [{ collection: 'c', key: 'k', value: 1, lists: {}, before: undefined }];
    const behind = checkpoints.move(lease, { from: 0, to: 4, notBehind: 'ahead', documents });
    assert.equal(await codeOf(behind), 'LC_CHECKPOINT_BEHIND');
    assert.equal((await checkpoints.documents.getAll('c', ['k'])).size, 0);
    const moved = await checkpoints.move(lease, { from: 0, to: 5, notBehind: 'ahead', documents });
    await checkpoints.move(moved, { from: 5, to: 6, notBehind: 'unknown' });
    assert.equal((await checkpoints.documents.getAll('c', ['k'])).size, 1);
    await close();
  });

  it('forgets a checkpoint, and with it the right of its holder', async () => {
    const { checkpoints, close } = await create();
    const lease = await checkpoints.acquire('a', 'one', DURATION);
    await checkpoints.move(lease, { from: 0, to: 4, parked: [parkedAt(3)] });
    await checkpoints.delete('a');
    assert.equal(await checkpoints.read('a'), undefined);
    assert.deepEqual(await checkpoints.parked('a'), []);
    assert.equal(await codeOf(checkpoints.move(lease, { from: 4, to: 5 })), LOST);
    assert.equal((await checkpoints.acquire('a', 'two', DURATION)).position, 0);
    await checkpoints.release(lease);
    assert.equal((await checkpoints.acquire('a', 'three', DURATION)).holder, 'two');
    await close();
  });
}
