import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../libs/loose-coupling/src/kernel/index.js';
import { collect } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';
import { SqliteEventStore } from '../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { PersistentSubscriptions } from '../../libs/loose-coupling/src/event-sourcing/subscriptions/persistent-subscriptions.js';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');
const CHILD = join(__dirname, 'projecting.child.ts');

/** Kills a process after it has handled so many events, or after it has waited for another one for a while. */
function projectUntilKilled(file: string, name: string, handled: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', RUN_TYPESCRIPT, CHILD, file, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = 0;
    const timer = setTimeout(() => child.kill('SIGKILL'), 4000);
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen >= handled) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

describe('a projector on SQLite whose processes are killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-killed-projector-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has taken in every event once, in order', async () => {
    const file = join(folder, 'events.db');
    const rounds = process.env['SOAK'] ? 40 : 3;
    for (let round = 0; round < rounds; round += 1) {
      // Two processes at a time; one takes over when the other is killed.
      await Promise.all([
        projectUntilKilled(file, `a${round}`, 37 + round),
        projectUntilKilled(file, `b${round}`, 61 + round),
      ]);
    }
    const store = new SqliteEventStore({ file });
    const { checkpoints } = store;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock: new SystemClock() });
    const subscription = subscriptions.subscribe(
      { name: 'projector' },
      ({ streamName, version, position }, { documents }) => {
        documents.update(streamName, (seen) => [...((seen as number[] | undefined) ?? []), version]);
        documents.update('last', (last) => ({ position, count: (last as { count: number }).count + 1 }));
      },
      { documents: { collection: 'seen' } },
    );
    const caughtUp = new Promise<void>((resolve) => {
      const stop = subscriptions.onMoved(() => {
        void subscription.lag().then(({ positions }) => {
          if (positions > 0) return;
          stop();
          resolve();
        });
      });
    });
    // Something to come to, whatever was left.
    await store.appendToStream('last-0', [{ type: 'x', data: null }]);
    subscriptions.start();
    await caughtUp;

    const feed = await collect(store.readAll());
    const streams = new Map<string, number[]>();
    for (const { streamName, version } of feed) streams.set(streamName, [...(streams.get(streamName) ?? []), version]);
    expect(feed.length).toBeGreaterThan(50);
    const found = await checkpoints.documents.getAll('seen', [...streams.keys(), 'last']);
    expect(found.get('last')?.value).toEqual({ position: feed.at(-1)?.position, count: feed.length });
    for (const [stream, versions] of streams) expect(found.get(stream)?.value).toEqual(versions);
    await subscriptions.close();
    await store.close();
  }, 240_000);
});
