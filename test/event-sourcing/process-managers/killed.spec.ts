import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { read } from '../../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';
import { INSTANCES, runClocks, TICKS } from './ticking.js';

const RUN_TYPESCRIPT = join(__dirname, '../../support/run-typescript.cjs');
const CHILD = join(__dirname, 'ticking.child.ts');

/** A life that ends after so many commits; early enough that there is always something left to do. */
function liveUntilKilled(file: string, commits: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', RUN_TYPESCRIPT, CHILD, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let lines = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1;
      if (lines >= commits) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}

describe('process managers on SQLite whose processes are killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-clocks-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('have every deadline reached once, with one effect, and undo in order', async () => {
    const rounds = process.env['SOAK'] ? 30 : 2;
    for (let round = 0; round < rounds; round += 1) {
      const file = join(folder, `${round}.db`);
      // Two at a time: each finds the deadlines of the other.
      await Promise.all([liveUntilKilled(file, 9 + (round % 5)), liveUntilKilled(file, 14 + (round % 7))]);
      await liveUntilKilled(file, 8);
      const store = new SqliteEventStore({ file });
      const processes = await runClocks(store);
      const isOpen = async () => (await processes.findStuck({ limit: 1 })).length > 0;
      while (await isOpen()) await new Promise((resolve) => setTimeout(resolve, 20));
      await processes.stop();

      const outgoing = await store.outbox.pending(0, 10_000);
      for (let number = 0; number < INSTANCES; number += 1) {
        const types = (await read(store, `pm-clock-c${number}`)).map(({ type }) => type);
        expect(types.filter((type) => type === 'process.deadlineReached')).toHaveLength(TICKS);
        expect(types.filter((type) => type === 'process.inputHandled')).toHaveLength(1);
        const sent = outgoing
          .map(({ envelope }) => [envelope.type, envelope.data as { id: string; tick: number }] as const)
          .filter(([, { id }]) => id === `c${number}`)
          .map(([type, { tick }]) => `${type} ${tick}`);
        expect(sent).toEqual([
          ...Array.from({ length: TICKS }, (_, at) => `clock.tick ${at + 1}`),
          ...Array.from({ length: TICKS }, (_, at) => `clock.undo ${TICKS - at}`),
        ]);
      }
      await store.close();
    }
  }, 240_000);
});
