import assert from 'node:assert/strict';
import type { ReadStreamOptions } from '../core/event-store.js';
import type { ContractFramework } from './contract-framework.js';
import { collect, event, events, read, type EventStoreFactory } from './event-store-under-test.js';

const range = (from: number, to: number): number[] => {
  const step = from <= to ? 1 : -1;
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + step * index);
};

/** Reading streams, and the feed of all events. */
export function describeReading({ it }: ContractFramework, create: EventStoreFactory): void {
  it('reads an unknown stream as empty', async () => {
    const { store, close } = await create();
    assert.deepEqual(await read(store, 'nobody-1'), []);
    await close();
  });

  const ranges: readonly (readonly [ReadStreamOptions, number[]])[] = [
    [{}, range(1, 12)],
    [{ fromVersion: 11 }, [11, 12]],
    [{ fromVersion: 11, limit: 1 }, [11]],
    [{ fromVersion: 0 }, range(1, 12)],
    [{ toVersion: 2 }, [1, 2]],
    [{ fromVersion: 3, toVersion: 5 }, [3, 4, 5]],
    [{ limit: 2 }, [1, 2]],
    [{ limit: 0 }, []],
    [{ fromVersion: 13 }, []],
    [{ direction: 'backwards' }, range(12, 1)],
    [{ direction: 'backwards', limit: 1 }, [12]],
    [{ direction: 'backwards', fromVersion: 3, toVersion: 5 }, [5, 4, 3]],
    [{ direction: 'backwards', fromVersion: 3, toVersion: 5, limit: 2 }, [5, 4]],
  ];
  for (const [options, expected] of ranges) {
    it(`reads the range ${JSON.stringify(options)}`, async () => {
      const { store, close } = await create();
      await store.appendToStream('a-1', events(12));
      await store.appendToStream('a-10', events(3));
      const found = await collect(store.readStream('a-1', options));
      assert.deepEqual(
        found.map(({ version }) => version),
        expected,
      );
      await close();
    });
  }

  it('folds a stream, or a range of it, into a state, and knows its version', async () => {
    const { store, close } = await create();
    await store.appendToStream('a-1', events(2400));
    await store.appendToStream('a-10', events(3));
    const fold = (streamName: string, options: ReadStreamOptions = {}) =>
      store.aggregateStream<number[]>(streamName, {
        ...options,
        initialState: () => [],
        evolve: (versions, { version }) => [...versions, version],
      });
    assert.deepEqual(await fold('a-10'), { state: [1, 2, 3], version: 3 });
    assert.deepEqual(await fold('a-1', { fromVersion: 1200 }), { state: range(1200, 2400), version: 2400 });
    assert.deepEqual(await fold('a-1', { fromVersion: 3, toVersion: 5 }), { state: [3, 4, 5], version: 5 });
    assert.deepEqual(await fold('a-1', { fromVersion: 2401 }), { state: [], version: 0 });
    assert.deepEqual(await fold('nobody-1'), { state: [], version: 0 });
    const evolve = () => assert.fail('cannot be applied');
    await assert.rejects(store.aggregateStream('a-10', { initialState: () => 0, evolve }), /cannot be applied/);
    await assert.rejects(fold('a-1', { fromVersion: -1 }), RangeError);
    await close();
  });

  it('reads a stream whose name cannot be stored as empty', async () => {
    const { store, close } = await create();
    for (const name of ['', 'a\0b', 'a\ud800']) assert.deepEqual(await read(store, name), []);
    await close();
  });

  it('refuses ranges that are not whole', async () => {
    const { store, close } = await create();
    await store.appendToStream('a-1', events(3));
    for (const name of ['fromVersion', 'toVersion', 'limit']) {
      for (const value of [-1, 1.5, NaN]) {
        await assert.rejects(collect(store.readStream('a-1', { [name]: value })), RangeError);
      }
    }
    for (const value of [-1, 1.5, NaN]) {
      await assert.rejects(collect(store.readAll({ limit: value })), RangeError);
    }
    for (const afterPosition of [-1, 1.5, NaN, Infinity]) {
      await assert.rejects(collect(store.readAll({ afterPosition })), RangeError);
      assert.throws(() => store.subscribeToAll(() => undefined, { afterPosition }), RangeError);
    }
    assert.equal((await collect(store.readStream('a-1', { toVersion: Infinity, limit: Infinity }))).length, 3);
    assert.equal((await collect(store.readStream('a-1', { fromVersion: Infinity }))).length, 0);
    await close();
  });

  it('reads streams and the feed past any page, in order and without gaps', async () => {
    const { store, close } = await create();
    for (let part = 0; part < 5; part++) {
      await store.appendToStream('a-1', events(700));
      await store.appendToStream('b-1', [event('between')]);
    }
    const versions = (await read(store, 'a-1')).map(({ version }) => version);
    assert.deepEqual(versions, range(1, 3500));
    const backwards = await collect(store.readStream('a-1', { direction: 'backwards', limit: 2600 }));
    assert.deepEqual(
      backwards.map(({ version }) => version),
      range(3500, 901),
    );
    const feed = await collect(store.readAll());
    assert.equal(feed.length, 3505);
    assert.ok(feed.every(({ position }, index) => index === 0 || position > (feed[index - 1]?.position ?? 0)));
    const [, second] = feed;
    const rest = await collect(store.readAll({ afterPosition: second?.position ?? 0, limit: 1500 }));
    assert.deepEqual(rest, feed.slice(2, 1502));
    await close();
  });

  it('reads all that there was, in order, while others append', async () => {
    const { store, other, close } = await create();
    await store.appendToStream('a-1', events(1000));
    const versions: number[] = [];
    for await (const { version } of store.readStream('a-1')) {
      versions.push(version);
      if (version === 1) await other.appendToStream('a-1', events(5));
    }
    // How much of what came meanwhile is read depends on the size of the store's pages.
    assert.ok(versions.length === 1000 || versions.length === 1005, String(versions.length));
    assert.deepEqual(versions, range(1, versions.length));
    await close();
  });
}
