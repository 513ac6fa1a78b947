import assert from 'node:assert/strict';
import type { ExpectedVersion } from '../core/event-store.js';
import type { ContractFramework } from './contract-framework.js';
import { codeOf, collect, event, events, message, read, type EventStoreFactory } from './event-store-under-test.js';

const CONFLICT = 'LC_WRONG_EXPECTED_VERSION';

/** What a commit does, and what it refuses. */
export function describeAppending({ it }: ContractFramework, create: EventStoreFactory): void {
  const using = (work: (parts: Awaited<ReturnType<EventStoreFactory>>) => Promise<void>) => async () => {
    const parts = await create();
    try {
      await work(parts);
    } finally {
      await parts.close();
    }
  };

  it(
    'gives back what was appended, numbered from 1',
    using(async ({ store, other, traits }) => {
      const data = { text: 'ü\u0000"', list: [1, { deep: null }], flag: false, zero: 0 };
      const result = await store.appendToStream('order-1', [
        { type: 'placed', data, metadata: { user: 'u1' }, schemaVersion: 3, id: 'own-id' },
        event('confirmed'),
      ]);
      // What is in the feed has its position in its stream too.
      assert.equal((await collect(other.readAll())).length, 2);
      const [first, second] = await read(other, 'order-1');
      assert.equal(result.nextExpectedVersion, 2);
      assert.equal(result.position, traits?.positionsLater ? undefined : second?.position);
      assert.deepEqual(first, {
        id: 'own-id',
        streamName: 'order-1',
        version: 1,
        position: first?.position,
        type: 'placed',
        schemaVersion: 3,
        data,
        metadata: { user: 'u1' },
        recordedAt: first?.recordedAt,
      });
      assert.equal(second?.version, 2);
      assert.equal(second?.schemaVersion, 1);
      assert.ok((first?.position ?? 0) > 0 && (second?.position ?? 0) > (first?.position ?? 0));
      assert.ok((first?.recordedAt ?? 0) > 0);
      assert.notEqual(second?.id, first?.id);
    }),
  );

  const cases: readonly (readonly [ExpectedVersion, number, boolean])[] = [
    ['any', 0, true],
    ['any', 2, true],
    ['noStream', 0, true],
    ['noStream', 2, false],
    ['streamExists', 0, false],
    ['streamExists', 2, true],
    [0, 0, true],
    [0, 2, false],
    [2, 2, true],
    [1, 2, false],
    [3, 2, false],
    [7, 0, false],
  ];
  for (const [expectedVersion, actual, accepted] of cases) {
    it(
      `${accepted ? 'accepts' : 'refuses'} expected version ${expectedVersion} at version ${actual}`,
      using(async ({ store }) => {
        if (actual > 0) await store.appendToStream('s-1', events(actual));
        const append = store.appendToStream('s-1', [event('next')], { expectedVersion });
        if (accepted) assert.equal((await append).nextExpectedVersion, actual + 1);
        else assert.equal(await codeOf(append), CONFLICT);
        assert.equal((await read(store, 's-1')).length, accepted ? actual + 1 : actual);
      }),
    );
  }

  it(
    'tells a writer that was too slow what it met',
    using(async ({ store }) => {
      await store.appendToStream('s-1', events(3));
      await assert.rejects(store.appendToStream('s-1', [event('late')], { expectedVersion: 1 }), {
        streamName: 's-1',
        expected: 1,
        actual: 3,
      });
    }),
  );

  it(
    'checks the version of a stream that nothing is appended to',
    using(async ({ store }) => {
      await store.appendToStream('s-1', events(2));
      assert.deepEqual(await store.appendToStream('s-1', [], { expectedVersion: 2 }), { nextExpectedVersion: 2 });
      assert.equal(await codeOf(store.appendToStream('s-1', [], { expectedVersion: 1 })), CONFLICT);
    }),
  );

  it(
    'stores several streams, messages and an inbox mark together',
    using(async ({ store, other, outbox, inbox }) => {
      const mark = { consumer: 'c', messageId: 'source/1' };
      const results = await store.commit({
        appends: [
          { streamName: 'a-1', events: events(2) },
          { streamName: 'b-1', events: events(1) },
        ],
        messages: [message('m1')],
        inbox: mark,
      });
      assert.deepEqual(
        results.map(({ nextExpectedVersion }) => nextExpectedVersion),
        [2, 1],
      );
      assert.equal((await collect(other.readAll())).length, 3);
      assert.equal(await outbox.countPending(), 1);
      assert.equal(await inbox.has(mark), true);
    }),
  );

  it(
    'stores nothing of a commit when one of its streams is not as expected',
    using(async ({ store, outbox, inbox }) => {
      const mark = { consumer: 'c', messageId: 'source/1' };
      const commit = store.commit({
        appends: [
          { streamName: 'a-1', events: events(2) },
          { streamName: 'b-1', events: events(1), expectedVersion: 'streamExists' },
        ],
        messages: [message('m1')],
        inbox: mark,
        commitId: 'commit-1',
      });
      assert.equal(await codeOf(commit), CONFLICT);
      assert.deepEqual(await collect(store.readAll()), []);
      assert.equal(await outbox.countPending(), 0);
      assert.equal(await inbox.has(mark), false);
      const again = await store.commit({ appends: [{ streamName: 'a-1', events: events(1) }], commitId: 'commit-1' });
      assert.equal(again[0]?.nextExpectedVersion, 1);
    }),
  );

  it(
    'appends once when the reply was lost and the commit is sent again',
    using(async ({ store, other, outbox }) => {
      const commit = {
        appends: [{ streamName: 'a-1', events: events(2), expectedVersion: 0 }],
        messages: [message('m1')],
        commitId: 'commit-1',
      };
      const first = await store.commit(commit);
      assert.deepEqual(await store.commit(commit), first);
      assert.deepEqual(await other.commit(commit), first);
      assert.equal((await read(store, 'a-1')).length, 2);
      assert.equal(await outbox.countPending(), 1);
    }),
  );

  it(
    'refuses an event id that is taken, in the store or in the commit',
    using(async ({ store, traits }) => {
      const taken = { type: 'x', data: 1, id: 'id-1' };
      await store.appendToStream('a-1', [taken]);
      assert.equal(await codeOf(store.appendToStream('b-1', [event('y'), taken])), 'LC_DUPLICATE_EVENT');
      const twice = { type: 'x', data: 1, id: 'id-2' };
      assert.equal(await codeOf(store.appendToStream('b-1', [twice, twice])), 'LC_DUPLICATE_EVENT');
      assert.deepEqual(await read(store, 'b-1'), []);
      const [stored] = await read(store, 'a-1');
      await store.appendToStream('c-1', [event('z')]);
      const [generated] = await read(store, 'c-1');
      const copy = { type: 'x', data: 1, id: generated?.id ?? '' };
      assert.equal(stored?.id, 'id-1');
      if (traits?.generatedIdsUnguarded) return;
      assert.equal(await codeOf(store.appendToStream('d-1', [copy])), 'LC_DUPLICATE_EVENT');
    }),
  );

  it(
    'refuses an inbox mark that is recorded, and stores nothing',
    using(async ({ store, other }) => {
      const inbox = { consumer: 'c', messageId: 'source/1' };
      await store.appendToStream('a-1', events(1), { inbox });
      assert.equal(await codeOf(other.appendToStream('a-1', events(1), { inbox })), 'LC_DUPLICATE_MESSAGE');
      await other.appendToStream('a-1', events(1), { inbox: { ...inbox, consumer: 'd' } });
      assert.equal((await read(store, 'a-1')).length, 2);
    }),
  );

  it(
    'is not changed by what callers do to their objects afterwards',
    using(async ({ store }) => {
      const data = { lines: [{ quantity: 1 }] };
      const outgoing = message('m1');
      const appending = store.appendToStream('a-1', [{ type: 'x', data }], { messages: [outgoing] });
      for (const line of data.lines) line.quantity = 99;
      await appending;
      data.lines.push({ quantity: 98 });
      const found = (await read(store, 'a-1')).map((stored) => stored.data as typeof data);
      try {
        for (const { lines } of found) lines.push({ quantity: 97 });
      } catch {
        // A store may hand out frozen data, or copies.
      }
      assert.deepEqual((await read(store, 'a-1'))[0]?.data, { lines: [{ quantity: 1 }] });
    }),
  );

  const unstorable: readonly (readonly [string, unknown])[] = [
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['undefined in a list', [undefined]],
    ['a function', () => 1],
    ['what has a toJSON of its own', { toJSON: () => 1 }],
  ];
  for (const [name, value] of unstorable) {
    it(
      `refuses ${name}, which would come back as something else`,
      using(async ({ store }) => {
        const append = store.appendToStream('a-1', [event('ok'), event('bad', { at: { deep: value } })]);
        await assert.rejects(append, { code: 'LC_UNSTORABLE_DATA', message: /data of bad\.at\.deep/ });
        assert.deepEqual(await read(store, 'a-1'), []);
      }),
    );
  }

  it(
    'refuses data that goes round in a circle',
    using(async ({ store }) => {
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      assert.equal(await codeOf(store.appendToStream('a-1', [event('bad', circle)])), 'LC_UNSTORABLE_DATA');
    }),
  );

  it(
    'refuses keys that could reach a prototype, as they would not come back',
    using(async ({ store }) => {
      for (const text of ['{"__proto__":{"admin":true},"name":"x"}', '{"at":{"constructor":{"prototype":1}}}']) {
        const data: unknown = JSON.parse(text);
        assert.equal(await codeOf(store.appendToStream('a-1', [event('x', data)])), 'LC_UNSTORABLE_DATA');
      }
      const harmless = { constructor: 'text', prototype: 1 };
      await store.appendToStream('a-1', [event('x', harmless)]);
      assert.deepEqual((await read(store, 'a-1'))[0]?.data, harmless);
    }),
  );

  it(
    'refuses commits that are not well-formed',
    using(async ({ store }) => {
      const append = { streamName: 'a-1', events: events(1) };
      for (const commit of [
        { appends: [append, append] },
        { appends: [{ ...append, streamName: '' }] },
        { appends: [{ ...append, streamName: 'a\0b' }] },
        { appends: [{ ...append, streamName: 'a\ud800' }] },
        { appends: [{ ...append, expectedVersion: -1 }] },
        { appends: [{ ...append, expectedVersion: 1.5 }] },
        { appends: [{ ...append, expectedVersion: 'some' as never }] },
        { appends: [{ ...append, events: [event('')] }] },
        { appends: [{ ...append, events: [{ ...event('x'), schemaVersion: 0 }] }] },
        { appends: [append], commitId: '' },
        { appends: [append], messages: [{ ...message('m'), fifo: true, delay: 5 }] },
      ]) {
        assert.equal(await codeOf(store.commit(commit)), 'LC_INVALID_COMMIT', JSON.stringify(commit));
      }
      assert.deepEqual(await collect(store.readAll()), []);
    }),
  );

  it(
    'lets exactly one of two writers win, every time',
    using(async ({ store, other }) => {
      for (let version = 0; version < 50; version++) {
        const results = await Promise.allSettled([
          store.appendToStream('a-1', [event('x')], { expectedVersion: version }),
          other.appendToStream('a-1', [event('y')], { expectedVersion: version }),
        ]);
        const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
        assert.deepEqual(
          refused.map(({ reason }) => (reason as { code?: unknown }).code),
          [CONFLICT],
        );
      }
      assert.deepEqual(
        (await read(store, 'a-1')).map(({ version }) => version),
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
    }),
  );

  it(
    'settles commits of one moment each on its own',
    using(async ({ store }) => {
      const results = await Promise.allSettled(
        Array.from({ length: 30 }, (_, index) =>
          store.appendToStream(`a-${index}`, [event('x')], { expectedVersion: index % 3 === 0 ? 5 : 0 }),
        ),
      );
      results.forEach(({ status }, index) => assert.equal(status, index % 3 === 0 ? 'rejected' : 'fulfilled'));
      assert.equal((await collect(store.readAll())).length, 20);
    }),
  );

  it(
    'refuses to work once closed',
    using(async ({ store }) => {
      await store.close();
      await store.close();
      assert.equal(await codeOf(store.appendToStream('a-1', events(1))), 'LC_CLOSED');
      assert.equal(await codeOf(collect(store.readAll())), 'LC_CLOSED');
    }),
  );
}
