import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { newProtection } from '../testing/personal-data.contract.js';
import { DataSubjects } from './data-subjects.js';

const NAME = 'Ada-Lovelace-1815';
const event = (customerId: string) => ({ type: 'customer.registered', data: { customerId, name: NAME } });

async function setUp() {
  const clock = new FakeClock();
  const protection = newProtection(clock);
  const sealer = protection.events();
  const store = new MemoryEventStore({ protection: sealer, clock });
  const snapshots = protection.snapshots(store.snapshots, store, sealer);
  const subjects = new DataSubjects({ keys: protection.keys, events: store });
  const append = async (customerId: string) => {
    await store.appendToStream('club-1', [event(customerId)]);
    const [last] = [store.readStream('club-1', { direction: 'backwards', limit: 1 })];
    for await (const { id, version } of last) {
      return { streamName: 'club-1', revision: 1, version, eventId: id, state: { members: [NAME], version } };
    }
    throw new Error('an event was stored');
  };
  const raw = async () => JSON.stringify(await store.snapshots.load('club-1', 1));
  return { store, snapshots, subjects, append, raw };
}

describe('snapshots of personal data', () => {
  it('come back as they were, and are not readable as stored', async () => {
    const { snapshots, append, raw } = await setUp();
    const first = await append('c-1');
    await snapshots.save(first);
    expect(await snapshots.load('club-1', 1)).toEqual(first);
    expect(await raw()).not.toContain(NAME);
  });

  it('are gone once any of the persons in their events is forgotten, also those of an earlier snapshot', async () => {
    for (const forgotten of ['c-1', 'c-2', 'c-3']) {
      const { snapshots, subjects, append } = await setUp();
      await append('c-1');
      await snapshots.save(await append('c-2'));
      const last = await append('c-3');
      await snapshots.save(last);
      expect(await snapshots.load('club-1', 1)).toEqual(last);
      await subjects.forget(forgotten);
      expect(await snapshots.load('club-1', 1)).toBeUndefined();
    }
  });

  it('are not stored when the person was forgotten since the state was loaded', async () => {
    const { snapshots, subjects, append, raw } = await setUp();
    const snapshot = await append('c-1');
    await subjects.forget('c-1');
    await snapshots.save(snapshot);
    expect(await raw()).toBeUndefined();
  });

  it('look at all events again when the earlier one is of another history', async () => {
    const { store, snapshots, subjects, append } = await setUp();
    await append('c-1');
    const last = await append('c-2');
    await store.snapshots.save({ ...last, eventId: 'of another store', state: { plain: {} } });
    await snapshots.save(last);
    await subjects.forget('c-1');
    expect(await snapshots.load('club-1', 1)).toBeUndefined();
  });

  it('do not open when they were moved or changed', async () => {
    const { store, snapshots, append } = await setUp();
    await snapshots.save(await append('c-1'));
    const stored = await store.snapshots.load('club-1', 1);
    if (!stored) throw new Error('a snapshot was stored');
    await store.snapshots.save({ ...stored, streamName: 'club-2' });
    expect(await snapshots.load('club-2', 1)).toBeUndefined();
    await store.snapshots.save({ ...stored, version: 7 });
    expect(await snapshots.load('club-1', 1)).toBeUndefined();
  });

  it('of before there was a protection are not used', async () => {
    const { store, snapshots, append } = await setUp();
    await store.snapshots.save(await append('c-1'));
    expect(await snapshots.load('club-1', 1)).toBeUndefined();
  });
});
