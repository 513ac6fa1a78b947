import assert from 'node:assert/strict';
import type { ContractFramework } from './contract-framework.js';
import { codeOf, event, message, type EventStoreFactory } from './event-store-under-test.js';

const DURATION = 5000;

/** What relays rely on. */
export function describeOutboxStorage({ it }: ContractFramework, create: EventStoreFactory): void {
  const opened = async (...ids: string[]) => {
    const parts = await create();
    for (const id of ids) await parts.store.appendToStream(`${id}-1`, [event('x')], { messages: [message(id)] });
    return parts;
  };
  const idsOf = (entries: readonly { envelope: { id: string } }[]): string[] =>
    entries.map(({ envelope }) => envelope.id);

  it('gives messages in the order of their commits, as they were committed', async () => {
    const { store, outbox, close } = await opened('m1', 'm2');
    const command = { ...message('m3', 'b-1'), kind: 'command', destination: 'work', delay: 1000 } as const;
    await store.commit({ appends: [{ streamName: 'a-1', events: [event('x')] }], messages: [command] });
    const entries = await outbox.pending(0, 10);
    assert.deepEqual(idsOf(entries), ['m1', 'm2', 'm3']);
    const [first, second, third] = entries;
    assert.deepEqual(first?.lanes, ['m1-1']);
    assert.deepEqual(third?.lanes, ['b-1']);
    assert.deepEqual(third?.envelope, command.envelope);
    assert.equal(third?.kind, 'command');
    assert.equal(third?.destination, 'work');
    assert.ok((third?.dueAt ?? 0) > 0);
    assert.equal(second?.dueAt, undefined);
    assert.deepEqual(idsOf(await outbox.pending(first?.id ?? 0, 1)), ['m2']);
    assert.equal(await outbox.lastId(), third?.id);
    assert.equal(await outbox.countPending(), 3);
    assert.equal(await outbox.countPending(second?.id), 2);
    await close();
  });

  it('adds the FIFO group to the lanes of an ordered message', async () => {
    const { store, outbox, close } = await opened();
    const envelope = { ...message('m1').envelope, partitionkey: 'k' };
    await store.appendToStream('a-1', [event('x')], {
      messages: [{ kind: 'event', destination: 't', fifo: true, envelope }],
    });
    assert.deepEqual((await outbox.pending(0, 1))[0]?.lanes, ['a-1', 't#k']);
    await close();
  });

  it('lends the lease to one holder at a time, until it is released or expires', async () => {
    const { outbox, advance, close } = await opened();
    const first = await outbox.acquire('one', DURATION);
    assert.equal(first.holder, 'one');
    assert.deepEqual(await outbox.acquire('two', DURATION), first);
    await advance(DURATION - 1);
    assert.equal((await outbox.renew(first, DURATION)).epoch, first.epoch);
    await advance(DURATION - 1);
    assert.equal((await outbox.acquire('two', DURATION)).holder, 'one');
    await advance(2);
    const second = await outbox.acquire('two', DURATION);
    assert.equal(second.holder, 'two');
    assert.ok(second.epoch > first.epoch);
    await outbox.release(second);
    assert.equal((await outbox.acquire('one', DURATION)).holder, 'one');
    await close();
  });

  it('takes a lease over that has more than its duration left: the clock was set back', async () => {
    const { outbox, close } = await opened();
    await outbox.acquire('one', 2 * DURATION);
    assert.equal((await outbox.acquire('two', DURATION)).holder, 'two');
    await close();
  });

  it('keeps the epoch of a holder whose lease expired while nobody else came', async () => {
    const { outbox, advance, close } = await opened();
    const first = await outbox.acquire('one', DURATION);
    await advance(DURATION * 3);
    assert.equal((await outbox.acquire('one', DURATION)).epoch, first.epoch);
    await close();
  });

  it('refuses everything of a holder that was replaced', async () => {
    const { outbox, advance, close } = await opened('m1');
    const [entry] = await outbox.pending(0, 1);
    const old = await outbox.acquire('one', DURATION);
    await advance(DURATION + 1);
    const current = await outbox.acquire('two', DURATION);
    const settlement = { published: [entry?.id ?? 0], parked: [] };
    assert.equal(await codeOf(outbox.settle(old, settlement)), 'LC_OUTBOX_LEASE_LOST');
    assert.equal(await codeOf(outbox.renew(old, DURATION)), 'LC_OUTBOX_LEASE_LOST');
    await outbox.release(old);
    assert.equal(await outbox.countPending(), 1);
    assert.equal((await outbox.acquire('three', DURATION)).holder, 'two');
    await outbox.settle(current, settlement);
    await outbox.settle(current, settlement);
    assert.equal(await outbox.countPending(), 0);
    await close();
  });

  it('sets messages aside and brings them back to their old places', async () => {
    const { outbox, close } = await opened('m1', 'm2', 'm3');
    const lease = await outbox.acquire('one', DURATION);
    const [first, second] = await outbox.pending(0, 10);
    await outbox.settle(lease, { published: [], parked: [{ id: first?.id ?? 0, reason: 'too\0 large' }] });
    await outbox.settle(lease, { published: [second?.id ?? 0], parked: [] });
    assert.deepEqual(idsOf(await outbox.pending(0, 10)), ['m3']);
    assert.deepEqual(await outbox.parkedLanes(), ['m1-1']);
    const [parked] = await outbox.parked();
    assert.deepEqual([parked?.envelope.id, parked?.reason.replaceAll('\0', '')], ['m1', 'too large']);
    const unparkings = await outbox.unparkings();
    assert.equal(await outbox.unpark(), 1);
    assert.equal(await outbox.unparkings(), unparkings + 1);
    assert.deepEqual(await outbox.parkedLanes(), []);
    assert.deepEqual(idsOf(await outbox.pending(0, 10)), ['m1', 'm3']);
    await close();
  });

  it('calls its listeners after a commit, of another connection too', async () => {
    const { store, other, outbox, advance, close } = await opened();
    let calls = 0;
    const stop = outbox.listen(() => calls++);
    await store.appendToStream('a-1', [event('x')], { messages: [message('m1')] });
    await advance(1000);
    assert.ok(calls > 0);
    calls = 0;
    await other.appendToStream('a-1', [event('x')], { messages: [message('m2')] });
    await advance(1000);
    assert.ok(calls > 0);
    stop();
    await close();
  });
}
