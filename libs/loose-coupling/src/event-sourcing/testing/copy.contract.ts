import assert from 'node:assert/strict';
import { copyEventStore } from '../copy/copy-event-store.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { ContractFramework } from './contract-framework.js';
import { collect, events, type EventStoreFactory } from './event-store-under-test.js';

const withoutPosition = (event: EventEnvelope) => ({ ...event, position: 0 });

/** Each stream's events. The order among streams is the feed's own. */
const streamsOf = async (store: EventStore, names: readonly string[]) =>
  (await Promise.all(names.map((name) => collect(store.readStream(name))))).map((found) => found.map(withoutPosition));

/** Moving in and out. */
export function describeCopying({ it }: ContractFramework, create: EventStoreFactory): void {
  it('takes a copy of another store, and gives one', async () => {
    const { store, advance, close } = await create();
    const source = new MemoryEventStore();
    const names = ['a-1', 'b-1'];
    await source.appendToStream('a-1', events(2));
    await source.appendToStream('b-1', events(120));
    await source.appendToStream('a-1', events(1));
    await copyEventStore(source, store);
    await advance(1000);
    const again = await copyEventStore(source, store);
    assert.equal(again.copied, 0);
    const back = new MemoryEventStore();
    assert.equal((await copyEventStore(store, back)).copied, 123);
    const given = await streamsOf(source, names);
    assert.deepEqual(await streamsOf(store, names), given);
    assert.deepEqual(await streamsOf(back, names), given);
    await close();
  });
}
