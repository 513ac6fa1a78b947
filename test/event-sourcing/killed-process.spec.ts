import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';
import { SqliteEventStore } from '../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');
const CHILD = join(__dirname, 'committing.child.ts');

/** Resolves to the commits that the child reported before it was killed. */
function commitUntilKilled(file: string, name: string, afterLines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', RUN_TYPESCRIPT, CHILD, file, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let killed = false;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (killed || output.split('\n').length <= afterLines) return;
      killed = true;
      child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve(output.split('\n').slice(0, -1)));
  });
}

describe('a SQLite store whose processes are killed while they commit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-killed-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps every acknowledged commit whole, and nothing of the others', async () => {
    const file = join(folder, 'events.db');
    const acknowledged: string[] = [];
    const rounds = process.env['SOAK'] ? 50 : 3;
    for (let round = 0; round < rounds; round++) {
      // Two processes at a time, on one file.
      const lives = [`a${round}`, `b${round}`].map((name, index) => commitUntilKilled(file, name, 40 + 30 * index));
      acknowledged.push(...(await Promise.all(lives)).flat());
    }
    const store = new SqliteEventStore({ file });
    const stored = new Set((await store.outbox.pending(0, 1_000_000)).map(({ envelope }) => envelope.id));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);

    const counts = new Map<string, number>();
    let position = 0;
    for (const event of await collect(store.readAll())) {
      expect(event.position).toBeGreaterThan(position);
      expect(event.version).toBe((counts.get(event.streamName) ?? 0) + 1);
      counts.set(event.streamName, event.version);
      ({ position } = event);
    }
    // Each message stands for one whole commit: its events, its event on the shared stream, and its mark.
    const expected = new Map<string, number>();
    const add = (streamName: string, count: number) =>
      expected.set(streamName, (expected.get(streamName) ?? 0) + count);
    for (const id of stored) {
      const [name = '', number = '', side = ''] = id.split('-');
      add(`${side}-${name}`, (Number(number) % 3) + 1);
      add(`${side}-${name}-shared`, 1);
      expect(await store.inbox.has({ consumer: side, messageId: `${name}-${number}` })).toBe(true);
    }
    expect(counts).toEqual(expected);
    await store.close();
  }, 120_000);
});
