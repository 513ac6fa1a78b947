import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { collect } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');
const CHILD = join(__dirname, 'sharing.child.ts');
const COUNT = 20;
const STEPS = ['s1', 's2', 's3', 's4'];
const LEASE_MS = 1_500;

jest.setTimeout(120_000);

const heard = (child: ChildProcess) => new Promise<unknown>((resolve) => child.once('message', resolve));
const idsOf = (name: string) => Array.from({ length: COUNT }, (_, number) => `${name}-${number}`);
const ALL = [...idsOf('a'), ...idsOf('b')];

describe('two processes that share a store', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lc-sharing-'))));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const live = async (name: string, standStillAt = '') => {
    const args = [folder, name, String(COUNT), String(LEASE_MS), standStillAt];
    const child = fork(CHILD, args, { execArgv: ['--require', RUN_TYPESCRIPT] });
    children.push(child);
    await heard(child);
    return child;
  };
  const effects = () => {
    const file = join(folder, 'effects.log');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => ({ by: line.slice(0, 1), key: line.slice(2) }));
  };
  /** Resolves when so many effects of a process were seen. */
  const untilEffects = (by: string, count: number) =>
    new Promise<void>((resolve) => {
      const watcher = watch(folder, () => look());
      const look = () => {
        if (effects().filter((effect) => effect.by === by).length < count) return;
        watcher.close();
        resolve();
      };
      look();
    });
  const endsOf = (child: ChildProcess, ids: readonly string[]) => {
    const answer = heard(child);
    child.send(ids);
    return answer;
  };
  const close = async (child: ChildProcess) => {
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.send('close');
    await exit;
  };
  const storedEvents = async () => {
    const store = new SqliteEventStore({ file: join(folder, 'events.db') });
    const types = await Promise.all(
      ALL.map(async (id) => (await collect(store.readStream(`workflow-${id}`))).map(({ type }) => type)),
    );
    const open: string[] = [];
    for await (const { id } of store.processes.open('@workflows')) open.push(id);
    await store.close();
    return { types, open };
  };
  const expectOneEndEach = async () => {
    const { types, open } = await storedEvents();
    for (const each of types) {
      expect(each.filter((type) => type === 'workflow.stepCompleted')).toHaveLength(STEPS.length);
      expect(each.filter((type) => type === 'workflow.completed')).toHaveLength(1);
    }
    expect(open).toEqual([]);
    const seen = new Set(effects().map(({ key }) => key));
    expect(seen).toEqual(new Set(ALL.flatMap((id) => STEPS.map((step) => `${id}/${step}`))));
  };

  it('leave each other’s workflows alone while both live', async () => {
    const [a, b] = await Promise.all([live('a'), live('b')]);
    const completed = ALL.map(() => 'completed');
    expect(await Promise.all([endsOf(a, ALL), endsOf(b, ALL)])).toEqual([completed, completed]);
    expect(effects()).toHaveLength(ALL.length * STEPS.length);
    expect(effects().filter(({ by, key }) => !key.startsWith(by))).toEqual([]);
    await Promise.all([close(a), close(b)]);
    await expectOneEndEach();
  });

  it('take on what the other has left when it is killed', async () => {
    const [a, b] = await Promise.all([live('a'), live('b')]);
    await untilEffects('a', COUNT * 2);
    a.kill('SIGKILL');
    expect(await endsOf(b, ALL)).toEqual(ALL.map(() => 'completed'));
    await close(b);
    await expectOneEndEach();
    expect(effects().some(({ by, key }) => by === 'b' && key.startsWith('a'))).toBe(true);
    // Again only what the killed one was in the middle of, or had not heard of.
    const again = effects().filter(({ by, key }) => by === 'b' && effects().some((e) => e.by === 'a' && e.key === key));
    expect(again.length).toBeLessThanOrEqual(COUNT);
  });

  it('take on what the other has left when it shuts down', async () => {
    const [a, b] = await Promise.all([live('a'), live('b')]);
    await untilEffects('a', COUNT * 2);
    await close(a);
    expect(await endsOf(b, ALL)).toEqual(ALL.map(() => 'completed'));
    await close(b);
    await expectOneEndEach();
    expect(effects()).toHaveLength(ALL.length * STEPS.length);
  });

  it('take a process that stands still for dead, and it does no more when it goes on', async () => {
    const last = 'a-7/s3';
    const [a, b] = await Promise.all([live('a', last), live('b')]);
    expect(await endsOf(b, ALL)).toEqual(ALL.map(() => 'completed'));
    expect(effects().findLast(({ by }) => by === 'a')).toEqual({ by: 'a', key: last });
    const before = effects().length;
    a.kill('SIGCONT');
    expect(await endsOf(a, ALL)).toEqual(ALL.map(() => 'completed'));
    await Promise.all([close(a), close(b)]);
    await expectOneEndEach();
    expect(effects()).toHaveLength(before);
  });
});
