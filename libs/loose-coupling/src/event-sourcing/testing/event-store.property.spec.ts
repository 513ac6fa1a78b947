import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { EventStore, ExpectedVersion } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { collect, events, message } from './event-store-under-test.js';

interface CommitPlan {
  readonly appends: readonly { readonly streamName: string; readonly count: number; readonly expected: Expectation }[];
  readonly messages: number;
  readonly mark: number | undefined;
  readonly commitId: string | undefined;
}
/** A distance from the true version, so that numbers hit often enough. */
type Expectation = { readonly off: number } | Exclude<ExpectedVersion, number>;

const streamNames = ['a-1', 'a-2', 'b-1'];
const expectation: fc.Arbitrary<Expectation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ off: fc.constantFrom(0, 0, 0, -1, 1, 7) }) },
  { weight: 1, arbitrary: fc.constantFrom('any' as const, 'noStream' as const, 'streamExists' as const) },
);
const commitPlan: fc.Arbitrary<CommitPlan> = fc.record({
  appends: fc.uniqueArray(
    fc.record({ streamName: fc.constantFrom(...streamNames), count: fc.nat(3), expected: expectation }),
    { selector: ({ streamName }) => streamName, maxLength: 3 },
  ),
  messages: fc.nat(2),
  mark: fc.option(fc.nat(5), { nil: undefined }),
  commitId: fc.option(fc.constantFrom('c1', 'c2', 'c3'), { nil: undefined }),
});

/** What a store is: lengths of streams, marks, and the answers to commits that had an id. */
class Model {
  readonly streams = new Map<string, number>();
  readonly feed: string[] = [];
  messages = 0;
  private readonly marks = new Set<number>();
  private readonly answers = new Map<string, number[]>();

  versionOf(streamName: string): number {
    return this.streams.get(streamName) ?? 0;
  }

  commit(plan: CommitPlan, expected: readonly ExpectedVersion[]): number[] | string {
    const answer = plan.commitId === undefined ? undefined : this.answers.get(plan.commitId);
    if (answer) return answer;
    if (plan.mark !== undefined && this.marks.has(plan.mark)) return 'LC_DUPLICATE_MESSAGE';
    const fits = plan.appends.every(({ streamName }, index) => {
      const version = this.versionOf(streamName);
      const wanted = expected[index];
      if (wanted === 'noStream') return version === 0;
      if (wanted === 'streamExists') return version > 0;
      return wanted === 'any' || wanted === version;
    });
    if (!fits) return 'LC_WRONG_EXPECTED_VERSION';
    const results = plan.appends.map(({ streamName, count }) => {
      for (let index = 0; index < count; index++) {
        this.streams.set(streamName, this.versionOf(streamName) + 1);
        this.feed.push(`${streamName}@${this.versionOf(streamName)}`);
      }
      return this.versionOf(streamName);
    });
    this.messages += plan.messages;
    if (plan.mark !== undefined) this.marks.add(plan.mark);
    if (plan.commitId !== undefined) this.answers.set(plan.commitId, results);
    return results;
  }
}

async function commitTo(store: EventStore, plan: CommitPlan, expected: readonly ExpectedVersion[]) {
  try {
    const results = await store.commit({
      appends: plan.appends.map(({ streamName, count }, index) => ({
        streamName,
        events: events(count),
        expectedVersion: expected[index] as ExpectedVersion,
      })),
      messages: Array.from({ length: plan.messages }, (_, index) => message(`m${index}`)),
      ...(plan.mark !== undefined && { inbox: { consumer: 'c', messageId: `s/${plan.mark}` } }),
      ...(plan.commitId !== undefined && { commitId: plan.commitId }),
    });
    return results.map(({ nextExpectedVersion }) => nextExpectedVersion);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

type Opened = { readonly stores: readonly (MemoryEventStore | SqliteEventStore)[]; close(): Promise<void> };

const kinds: Record<string, () => Opened> = {
  memory: () => {
    const store = new MemoryEventStore();
    return { stores: [store], close: () => store.close() };
  },
  'two connections to a SQLite file': () => {
    const folder = mkdtempSync(join(tmpdir(), 'lc-model-'));
    const stores = [1, 2].map(() => new SqliteEventStore({ file: join(folder, 'events.db') }));
    return {
      stores,
      close: async () => {
        await Promise.all(stores.map((store) => store.close()));
        rmSync(folder, { recursive: true });
      },
    };
  },
};

describe.each(Object.entries(kinds))('any sequence of commits to %s', (_kind, open) => {
  it('has the effects and answers of the model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commitPlan, { minLength: 1, maxLength: 25 }), async (plans) => {
        const { stores, close } = open();
        const model = new Model();
        for (const [index, plan] of plans.entries()) {
          const expected = plan.appends.map(({ streamName, expected: wanted }) =>
            typeof wanted === 'string' ? wanted : Math.max(0, model.versionOf(streamName) + wanted.off),
          );
          const store = stores[index % stores.length] as EventStore;
          expect(await commitTo(store, plan, expected)).toEqual(model.commit(plan, expected));
        }
        for (const store of stores) {
          const feed = await collect(store.readAll());
          expect(feed.map(({ streamName, version }) => `${streamName}@${version}`)).toEqual(model.feed);
          for (const streamName of streamNames) {
            const stream = await collect(store.readStream(streamName));
            expect(stream).toEqual(feed.filter((envelope) => envelope.streamName === streamName));
          }
          expect(await store.outbox.countPending()).toBe(model.messages);
        }
        await close();
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 5000 : 60 },
    );
  }, 600_000);
});
