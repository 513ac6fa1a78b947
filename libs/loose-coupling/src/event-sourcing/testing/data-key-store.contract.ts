import assert from 'node:assert/strict';
import type { DataKeyStore, StoredDataKey } from '../personal-data/data-key-store.js';
import { globalFramework, type ContractFramework } from './contract-framework.js';

/** A fresh, empty key store, and another way to the same keys. */
export interface DataKeyStoreUnderTest {
  readonly store: DataKeyStore;
  readonly other: DataKeyStore;
  close(): Promise<void>;
}

const key = (id: string, wrapped = `wrapped ${id}`): StoredDataKey => ({ id, wrappedBy: 'k1', wrapped });

async function subjectsOf(store: DataKeyStore): Promise<string[]> {
  const found: string[] = [];
  for await (const subject of store.subjects()) found.push(subject);
  return found.toSorted();
}

/** What every key store must do. */
export function describeDataKeyStoreContract(
  name: string,
  create: () => Promise<DataKeyStoreUnderTest>,
  framework: ContractFramework = globalFramework(),
): void {
  const it = (text: string, test: (store: DataKeyStore, other: DataKeyStore) => Promise<void>) =>
    framework.it(text, async () => {
      const { store, other, close } = await create();
      try {
        await test(store, other);
      } finally {
        await close();
      }
    });

  framework.describe(`the contract of data key stores: ${name}`, () => {
    it('knows nothing of a subject that it was not told of', async (store) => {
      assert.equal(await store.get('a'), undefined);
    });

    it('keeps the first key of a subject, and tells whoever comes later', async (store, other) => {
      assert.deepEqual(await store.add('a', key('1')), { key: key('1') });
      assert.deepEqual(await other.add('a', key('2')), { key: key('1') });
      assert.deepEqual(await other.get('a'), { key: key('1') });
    });

    it('lets one of many win who add at once', async (store, other) => {
      const added = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => (index % 2 ? store : other).add('a', key(String(index)))),
      );
      const stored = await store.get('a');
      assert.deepEqual(new Set(added.map((record) => record.key?.id)), new Set([stored?.key?.id]));
    });

    it('keeps subjects apart, whatever they are called', async (store, other) => {
      const names = ['a', 'A', 'a#b', '#', '..', "a'; DROP TABLE x --", '\u00e4', 'a\u0308', '%', '_', '名'];
      for (const name of names) await store.add(name, key(name));
      for (const name of names) assert.deepEqual(await other.get(name), { key: key(name) });
      assert.deepEqual(await subjectsOf(other), names.toSorted());
    });

    it('forgets for good, again and again, and takes no other key', async (store, other) => {
      await store.add('a', key('1'));
      await store.add('b', key('2'));
      await store.forget('a', 5);
      await other.forget('a', 9);
      assert.deepEqual(await other.get('a'), { forgottenAt: 5 });
      assert.deepEqual(await store.add('a', key('3')), { forgottenAt: 5 });
      assert.deepEqual(await other.get('b'), { key: key('2') });
      assert.deepEqual(await subjectsOf(store), ['b']);
    });

    it('remembers that a subject was forgotten which had no key', async (store, other) => {
      await store.forget('a', 5);
      assert.deepEqual(await other.add('a', key('1')), { forgottenAt: 5 });
    });

    it('wraps a key anew, unless it is not as expected', async (store, other) => {
      await store.add('a', key('1'));
      assert.equal(await store.rewrap('a', key('1'), { wrappedBy: 'k2', wrapped: 'anew' }), true);
      assert.deepEqual(await other.get('a'), { key: { id: '1', wrappedBy: 'k2', wrapped: 'anew' } });
      assert.equal(await other.rewrap('a', key('1'), { wrappedBy: 'k3', wrapped: 'late' }), false);
      await other.forget('a', 5);
      const current = { id: '1', wrappedBy: 'k2', wrapped: 'anew' };
      assert.equal(await store.rewrap('a', current, { wrappedBy: 'k3', wrapped: 'late' }), false);
      assert.deepEqual(await store.get('a'), { forgottenAt: 5 });
      assert.equal(await store.rewrap('b', key('1'), { wrappedBy: 'k3', wrapped: 'late' }), false);
      assert.equal(await store.get('b'), undefined);
    });

    it('lists thousands', async (store) => {
      const names = Array.from({ length: 1200 }, (_, index) => `s${index}`);
      for (const name of names) await store.add(name, key(name));
      assert.deepEqual(await subjectsOf(store), names.toSorted());
    });
  });
}
