import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/index.js';
import { copyEventStore } from '../copy/copy-event-store.js';
import { asStored } from '../core/stored-form.js';
import type { EventProtection } from '../core/event-protection.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import { UnreadableEventError } from '../errors/unreadable-event.error.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { DataKeyStore } from '../personal-data/data-key-store.js';
import { DataSubjects } from '../personal-data/data-subjects.js';
import { ForgottenData } from '../personal-data/forgotten-data.js';
import { MemoryDataKeyStore } from '../personal-data/memory-data-key-store.js';
import { PersonalDataProtection } from '../personal-data/personal-data-protection.js';
import { globalFramework, type ContractFramework } from './contract-framework.js';
import { codeOf, collect, read } from './event-store-under-test.js';

/** A fresh, empty store with a protection. */
export interface ProtectedStore {
  readonly store: EventStore;
  /** Everything that is stored, as text or bytes. */
  raw(): Promise<string> | string;
  close(): Promise<void>;
}

export type ProtectedStoreFactory = (protection: EventProtection, clock: Clock) => Promise<ProtectedStore>;

const rule = { subject: 'customerId', fields: ['name', 'address.street', 'phones'] };
const NAME = 'Ada-Lovelace-1815';
const registered = (customerId = 'c-1', name: unknown = NAME) => ({
  type: 'customer.registered',
  data: {
    customerId,
    name,
    address: { street: 'St-James-Square-12', city: 'London' },
    phones: ['020-7946'],
    vip: true,
  },
  metadata: { userId: 'clerk' },
});
const SECRETS = [NAME, 'St-James-Square-12', '020-7946'];

/** What every store must do with personal data. */
export function describePersonalDataContract(
  name: string,
  create: ProtectedStoreFactory,
  clock: () => Clock,
  framework: ContractFramework = globalFramework(),
): void {
  const it = (text: string, test: (world: ReturnType<typeof worldOf>) => Promise<void>) =>
    framework.it(text, async () => {
      const world = worldOf(await openProtected(create, clock()));
      try {
        await test(world);
      } finally {
        await world.close();
      }
    });

  framework.describe(`the contract of personal data: ${name}`, () => {
    it('gives back what was stored, in streams, the feed and subscriptions', async ({ store }) => {
      await store.appendToStream('customer-1', [registered(), { type: 'plain', data: { name: 'shop' } }]);
      const expected = [registered().data, { name: 'shop' }];
      assert.deepEqual(dataOf(await read(store, 'customer-1')), expected);
      const backwards = store.readStream('customer-1', { direction: 'backwards' });
      assert.deepEqual(dataOf(await collect(backwards)), expected.toReversed());
      const feed = await collect(store.readAll());
      assert.deepEqual(dataOf(feed), expected);
      assert.deepEqual(feed[0]?.metadata, { userId: 'clerk' });
      assert.deepEqual(await subscribed(store, 2), expected);
    });

    it('keeps no personal field readable', async ({ store, raw }) => {
      await store.appendToStream('customer-1', [registered()]);
      const text = await raw();
      for (const secret of SECRETS) assert.equal(text.includes(secret), false, `"${secret}" is readable`);
      assert.equal(text.includes('London'), true, 'what is not personal is readable');
    });

    it('hides a field of many kilobytes, and null, but not one that is absent', async ({ store, raw }) => {
      const long = `${NAME} `.repeat(2_000);
      await store.appendToStream('a-1', [
        { type: 'customer.registered', data: { customerId: 1, name: long } },
        { type: 'customer.registered', data: { customerId: 1, name: null } },
        { type: 'customer.registered', data: { vip: false } },
      ]);
      assert.equal((await raw()).includes(NAME), false);
      assert.deepEqual(dataOf(await read(store, 'a-1')), [
        { customerId: 1, name: long },
        { customerId: 1, name: null },
        { vip: false },
      ]);
    });

    it('shows ForgottenData everywhere once a subject is forgotten, and nobody else', async ({ store, subjects }) => {
      await store.appendToStream('customer-1', [registered(), registered('c-2', 'Grace')]);
      await subjects.forget('c-1');
      await subjects.forget('c-1');
      const street = new ForgottenData('c-1', 'address.street');
      const forgotten = {
        customerId: 'c-1',
        name: new ForgottenData('c-1', 'name'),
        address: { city: 'London', street },
        phones: new ForgottenData('c-1', 'phones'),
        vip: true,
      };
      const expected = [forgotten, registered('c-2', 'Grace').data];
      assert.deepEqual(dataOf(await read(store, 'customer-1')), expected);
      const feed = await collect(store.readAll());
      assert.deepEqual(dataOf(feed), [...expected, { subject: 'c-1' }]);
      assert.deepEqual(feed.at(-1)?.type, 'lc.subject.forgotten');
      assert.equal(await subjects.isForgotten('c-1'), true);
      assert.equal(await subjects.isForgotten('c-2'), false);
    });

    it('refuses to append personal data of a forgotten subject, and stores nothing', async ({ store, subjects }) => {
      await subjects.forget('c-1');
      const refused = store.commit({
        appends: [
          { streamName: 'b-1', events: [registered('c-2')] },
          { streamName: 'a-1', events: [registered('c-1')] },
        ],
      });
      assert.equal(await codeOf(refused), 'LC_SUBJECT_FORGOTTEN');
      assert.deepEqual([...(await read(store, 'a-1')), ...(await read(store, 'b-1'))], []);
      await store.appendToStream('a-1', [{ type: 'customer.registered', data: { customerId: 'c-1', vip: true } }]);
    });

    it('refuses personal data that says not whose it is', async ({ store }) => {
      for (const customerId of [undefined, null, '', {}, 1.5, 'x'.repeat(513), 'a\0b']) {
        const event = { type: 'customer.registered', data: { customerId, name: NAME } };
        assert.equal(await codeOf(store.appendToStream('a-1', [event])), 'LC_INVALID_COMMIT');
      }
    });

    it('is copied as it is stored, and read by whoever has the key', async ({ store, protection, clock, subjects }) => {
      await store.appendToStream('customer-1', [registered()]);
      const other = new MemoryEventStore({ protection, clock });
      await copyEventStore(store, other);
      assert.deepEqual(await stored(other), await stored(store));
      assert.deepEqual(dataOf(await read(other, 'customer-1')), [registered().data]);
      await subjects.forget('c-1');
      const [copied] = await read(other, 'customer-1');
      assert.equal((copied?.data as { name?: unknown } | undefined)?.name instanceof ForgottenData, true);
      const back = await openProtected(create, clock, protection);
      await copyEventStore(other, back.store);
      assert.deepEqual(await stored(back.store), await stored(other));
      await back.close();
    });

    it('notices what was moved to another stream, event or type', async ({ store, protection, clock }) => {
      await store.appendToStream('customer-1', [registered(), registered('c-1', 'Augusta')]);
      const [first, second] = await collect(asStored(store).readStream('customer-1'));
      const given = ({ id, type, data, metadata }: EventEnvelope) => ({ id, type, data, metadata });
      if (!first || !second) throw new Error('two events were stored');
      const moved = [
        { stream: 'customer-2', event: given(first) },
        { stream: 'customer-1', event: { ...given(first), id: second.id } },
        { stream: 'customer-1', event: { ...given(first), type: 'customer.changed' } },
        { stream: 'customer-1', event: { ...given(first), metadata: second.metadata } },
      ];
      for (const { stream, event } of moved) {
        const forged = new MemoryEventStore({ protection, clock });
        await forged.asStored().appendToStream(stream, [event]);
        assert.equal(await whyUnreadable(read(forged, stream)), 'LC_TAMPERED_DATA');
      }
      const untouched = new MemoryEventStore({ protection, clock });
      await untouched.asStored().appendToStream('customer-1', [given(first)]);
      assert.deepEqual(dataOf(await read(untouched, 'customer-1')), [registered().data]);
    });

    it('cannot be given what looks encrypted', async ({ store }) => {
      const metadata = { 'lc-personal-data': [['c-1', 'k', ['name'], 'AAAA']] };
      const forged = store.appendToStream('a-1', [{ type: 'x', data: {}, metadata }]);
      assert.equal(await codeOf(forged), 'LC_INVALID_COMMIT');
    });

    it('says that a key is missing, rather than that it was forgotten', async ({ store, clock }) => {
      await store.appendToStream('customer-1', [registered()]);
      const elsewhere = new MemoryEventStore({ protection: newProtection(clock).events(), clock });
      await copyEventStore(store, elsewhere);
      assert.equal(await whyUnreadable(read(elsewhere, 'customer-1')), 'LC_DATA_KEY_UNAVAILABLE');
    });
  });
}

const KEY = randomBytes(32).toString('base64');

export function newProtection(clock: Clock, keyStore: DataKeyStore = new MemoryDataKeyStore()) {
  const events = { 'customer.registered': rule };
  return new PersonalDataProtection({ keyEncryptionKey: KEY, keyStore, events }, () => keyStore, clock);
}

async function openProtected(create: ProtectedStoreFactory, clock: Clock, given?: EventProtection) {
  const protection = newProtection(clock);
  const events = given ?? protection.events();
  return { ...(await create(events, clock)), keys: protection.keys, protection: events, clock };
}

const worldOf = (opened: Awaited<ReturnType<typeof openProtected>>) => ({
  ...opened,
  subjects: new DataSubjects({ keys: opened.keys, events: opened.store }),
});

const dataOf = (events: readonly EventEnvelope[]): unknown[] => events.map(({ data }) => data);

/** Code of what an event cannot be read for. */
const whyUnreadable = (reading: Promise<unknown>): Promise<unknown> =>
  codeOf(
    reading.catch((error: unknown) => {
      throw error instanceof UnreadableEventError ? error.cause : error;
    }),
  );

const stored = async (store: EventStore) =>
  (await collect(asStored(store).readAll())).map((event) => ({ ...event, position: 0 }));

async function subscribed(store: EventStore, count: number): Promise<unknown[]> {
  const heard: unknown[] = [];
  let done = (): void => undefined;
  const complete = new Promise<void>((resolve) => (done = resolve));
  const subscription = store.subscribeToAll(({ data }) => {
    heard.push(data);
    if (heard.length === count) done();
  });
  await complete;
  await subscription.close();
  return heard;
}
