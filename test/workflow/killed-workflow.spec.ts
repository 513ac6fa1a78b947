import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { collect } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');
const CHILD = join(__dirname, 'ten-steps.child.ts');

jest.setTimeout(180_000);

interface Life {
  readonly signal: string | null;
  readonly output: string;
}

const live = (folder: string, killAt: string, failing = ''): Promise<Life> =>
  new Promise((resolve, reject) => {
    const args = ['--require', RUN_TYPESCRIPT, CHILD, folder, killAt, failing];
    const child = execFile(process.execPath, args, (error, output, faults) => {
      if (error && child.signalCode === null) reject(new Error(faults));
      else resolve({ signal: child.signalCode, output });
    });
  });

/** One life for each moment, each ended by SIGKILL there, and a last one that may finish. */
async function liveUntilTheEnd(folder: string, moments: readonly string[], failing?: string) {
  for (const moment of moments) expect(await live(folder, moment, failing)).toMatchObject({ signal: 'SIGKILL' });
  const { output } = await live(folder, '', failing);
  const store = new SqliteEventStore({ file: join(folder, 'events.db') });
  const events = (await collect(store.readStream('workflow-w'))).map(({ type }) => type);
  await store.close();
  const effects = readFileSync(join(folder, 'effects.log'), 'utf8').trim().split('\n');
  return { result: JSON.parse(output) as unknown, events, effects };
}

const keys = (from: number, to: number, suffix = '') =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => `w/s${from + Math.sign(to - from) * index}${suffix}`);
/** Killed before the effect nothing is done again; killed inside it, its key comes a second time. */
const eachTwice = (all: readonly string[]) => all.flatMap((key) => [key, key]);
const everyMoment = (all: readonly string[]) => all.flatMap((key) => [`before:${key}`, `inside:${key}`]);

describe('a workflow of ten steps', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lc-workflow-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('that is killed at each boundary and inside each step goes on, each effect under one key', async () => {
    const { result, events, effects } = await liveUntilTheEnd(folder, everyMoment(keys(1, 10)));
    expect(result).toEqual({ status: 'completed', steps: 10 });
    expect(effects).toEqual(eachTwice(keys(1, 10)));
    expect(events.filter((type) => type === 'workflow.stepCompleted')).toHaveLength(10);
    expect(events.at(-1)).toBe('workflow.completed');
  });

  it('that fails in step seven undoes six to one, also when it is killed at each of them', async () => {
    const undone = keys(6, 1, '/compensate');
    const { result, events, effects } = await liveUntilTheEnd(folder, everyMoment(undone), 's7');
    expect(result).toEqual({ status: 'failed', steps: 7 });
    expect(effects).toEqual([...keys(1, 6), ...eachTwice(undone)]);
    expect(events.filter((type) => type === 'workflow.compensated')).toHaveLength(6);
    expect(events.at(-1)).toBe('workflow.failed');
  });
});
