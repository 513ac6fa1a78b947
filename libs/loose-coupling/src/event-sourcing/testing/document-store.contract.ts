import assert from 'node:assert/strict';
import type { Checkpoint, CheckpointStore } from '../subscriptions/checkpoint-store.js';
import type { DocumentChange, StoredDocument } from '../subscriptions/document-store.js';
import type { ContractFramework } from './contract-framework.js';
import { codeOf, type EventStoreFactory } from './event-store-under-test.js';

/** Writes as a projector does: each change from what was read. */
class Writer {
  private at = 0;

  private constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly lease: Checkpoint,
  ) {}

  static async of(checkpoints: CheckpointStore): Promise<Writer> {
    return new Writer(checkpoints, await checkpoints.acquire('writer', 'one', 5000));
  }

  move(documents: readonly DocumentChange[]): Promise<Checkpoint> {
    const from = this.at;
    this.at += 1;
    return this.checkpoints.move(this.lease, { from, to: this.at, documents });
  }

  async put(key: string, value: unknown, lists: Record<string, number> = {}, collection = 'c'): Promise<void> {
    const before = (await this.checkpoints.documents.getAll(collection, [key])).get(key);
    await this.move([{ collection, key, value, lists, before }]);
  }
}

/** What projections rely on. */
export function describeDocuments({ it }: ContractFramework, create: EventStoreFactory): void {
  const opened = async () => {
    const { checkpoints, close } = await create();
    const { documents } = checkpoints;
    const find = async (key: string, collection = 'c') => (await documents.getAll(collection, [key])).get(key);
    const keysOf = async (list: string, options: object = {}) =>
      (await documents.list('c', list, { limit: 100, descending: false, ...options })).map(({ key }) => key);
    return { writer: await Writer.of(checkpoints), checkpoints, documents, find, keysOf, close };
  };

  it('keeps a document as it was put, under a revision that grows', async () => {
    const { writer, documents, find, close } = await opened();
    const value = { text: 'ü"', list: [1, { deep: null }], flag: false };
    await writer.put('k/1 #', value, { all: 3 });
    const stored: StoredDocument | undefined = await find('k/1 #');
    assert.deepEqual(stored, { key: 'k/1 #', value, revision: stored?.revision, lists: { all: 3 } });
    await writer.put('k/1 #', { text: 'new' });
    const next = await find('k/1 #');
    assert.deepEqual([next?.value, next?.lists], [{ text: 'new' }, {}]);
    assert.ok((next?.revision ?? 0) > (stored?.revision ?? 0));
    await writer.put('k/1 #', undefined);
    assert.equal(await find('k/1 #'), undefined);
    await writer.put('a', 1);
    await writer.put('b', 2);
    assert.deepEqual([...(await documents.getAll('c', ['a', 'b', 'gone'])).keys()].toSorted(), ['a', 'b']);
    await close();
  });

  it('keeps collections apart', async () => {
    const { writer, find, documents, close } = await opened();
    await writer.put('k', 'one');
    await writer.put('k', 'other', {}, 'c2');
    assert.deepEqual([(await find('k'))?.value, (await find('k', 'c2'))?.value], ['one', 'other']);
    await documents.drop('c');
    assert.deepEqual([await find('k'), (await find('k', 'c2'))?.value], [undefined, 'other']);
    await close();
  });

  it('changes all documents of a step with the checkpoint, or none', async () => {
    const { writer, checkpoints, find, close } = await opened();
    await writer.put('a', 1);
    const change = (key: string, before: DocumentChange['before']) => ({
      collection: 'c',
      key,
      value: 2,
      lists: {},
      before,
    });
    const stale = writer.move([change('b', undefined), change('a', { revision: 7, lists: {} })]);
    assert.equal(await codeOf(stale), 'LC_DOCUMENT_CONFLICT');
    assert.deepEqual([(await find('a'))?.value, await find('b')], [1, undefined]);
    assert.equal((await checkpoints.read('writer'))?.position, 1);
    await close();
  });

  it('refuses a document that is there although it was read as absent', async () => {
    const { writer, find, close } = await opened();
    await writer.put('a', 1);
    const again = writer.move([{ collection: 'c', key: 'a', value: 2, lists: {}, before: undefined }]);
    assert.equal(await codeOf(again), 'LC_DOCUMENT_CONFLICT');
    assert.equal((await find('a'))?.value, 1);
    await close();
  });

  it('lists documents by their places, a page at a time, in both directions', async () => {
    const { writer, keysOf, close } = await opened();
    for (const [key, place] of Object.entries({ e: 40, a: 10, d: 1_700_000_000_000, b: 20, c: 20 })) {
      await writer.put(key, { key }, { all: place, [key === 'a' ? 'first' : 'rest']: place });
    }
    const ascending = await keysOf('all');
    assert.deepEqual(
      [ascending[0], ascending.slice(1, 3).toSorted(), ascending.slice(3)],
      ['a', ['b', 'c'], ['e', 'd']],
    );
    assert.deepEqual(await keysOf('all', { descending: true }), ascending.toReversed());
    const [, second = '', third = ''] = ascending;
    assert.deepEqual(await keysOf('all', { after: { place: 20, key: second }, limit: 2 }), [third, 'e']);
    assert.deepEqual(await keysOf('all', { after: { place: 20, key: third }, descending: true }), [second, 'a']);
    assert.deepEqual(await keysOf('first'), ['a']);
    assert.deepEqual(await keysOf('none'), []);
    await close();
  });

  it('moves a document from list to list with its changes, and out of them when it is removed', async () => {
    const { writer, keysOf, documents, close } = await opened();
    await writer.put('a', 1, { all: 1, open: 1 });
    await writer.put('a', 2, { all: 1, done: 5 });
    assert.deepEqual([await keysOf('all'), await keysOf('open'), await keysOf('done')], [['a'], [], ['a']]);
    await writer.put('a', 3, { all: 2 });
    assert.deepEqual([await keysOf('all'), await keysOf('done')], [['a'], []]);
    await writer.put('a', undefined);
    assert.deepEqual(await keysOf('all'), []);
    await writer.put('b', 1, { all: 1 });
    await documents.drop('c');
    assert.deepEqual(await keysOf('all'), []);
    await writer.put('c', 1, { all: 1 });
    assert.deepEqual(await keysOf('all'), ['c']);
    await close();
  });
}
