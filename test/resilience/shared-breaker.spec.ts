import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEmulator } from '../support/aws-emulator/index.js';
import { BreakerChild } from './children/breaker-child.js';
import type { ChildSettings } from './children/breaker.child.js';

jest.setTimeout(60_000);

const REFRESH = 100;
const STORE_TIMEOUT = 1_000;
/** What is promised: one refresh and two round trips, of which none is longer than the timeout. */
const STATED_DELAY = REFRESH + 2 * STORE_TIMEOUT;
const TIMING = { refreshInterval: REFRESH, storeTimeout: STORE_TIMEOUT };

interface SharedStore {
  readonly settings: () => Pick<ChildSettings, 'sharedState' | 'aws'>;
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
}

/** Asks until it is so; the test's own timeout ends the wait. Returns the milliseconds it took. */
async function until(condition: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  while (!(await condition())) await sleep(5);
  return performance.now() - start;
}

function describeSharing(store: SharedStore): void {
  let children: BreakerChild[];

  beforeEach(() => {
    children = [];
  });

  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
  });

  async function two(openDuration = 60_000): Promise<[BreakerChild, BreakerChild]> {
    const start = () => new BreakerChild({ ...store.settings(), openDuration });
    const pair: [BreakerChild, BreakerChild] = [start(), start()];
    children.push(...pair);
    await Promise.all(pair.map((child) => child.look()));
    return pair;
  }

  const refuses = async (child: BreakerChild) => !(await child.call('success'));

  it('lets the other refuse within the stated delay when one opens', async () => {
    const [one, other] = await two();
    await until(async () => other.call('success'));
    await one.trip();
    expect(await until(() => refuses(other))).toBeLessThan(STATED_DELAY);
    expect((await other.look()).state).toBe('open');
  });

  it('lets one probe at a time, across both', async () => {
    const [one, other] = await two(50);
    await Promise.all([one.trip(), other.trip()]);
    const command = { do: 'probe', probes: 4, holding: 60 } as const;
    const answers = await Promise.all([one.ask(command), other.ask(command)]);
    expect(answers.flatMap(({ reachable }) => reachable)).toEqual([]);
    const probes = answers.flatMap((answer) => answer.probes ?? []).toSorted(([a], [b]) => a - b);
    expect(probes).toHaveLength(8);
    for (const [index, [began]] of probes.entries()) {
      if (index > 0) expect(began).toBeGreaterThanOrEqual(probes[index - 1]![1]);
    }
  });

  it('lets the other probe when the one that probed was killed', async () => {
    const [one, other] = await two(50);
    await Promise.all([one.trip(), other.trip()]);
    expect((await one.ask({ do: 'begin-probe' })).state).toBe('half-open');
    expect(await refuses(other)).toBe(true);
    await one.kill();
    await until(() => other.call('success'));
    expect((await other.look()).state).toBe('closed');
  });

  it('lets both go on alone while the store is away, and share again when it is back', async () => {
    const [one, other] = await two(300);
    const both = [one, other];
    await until(async () => (await Promise.all(both.map((child) => child.call('success')))).every(Boolean));
    const heard = (reachable: boolean[]) =>
      until(async () => {
        const looks = await Promise.all(both.map((child) => child.call('success').then(() => child.look())));
        return looks.every((look) => look.reachable.join() === reachable.join());
      });

    await store.takeAway();
    await heard([false]);
    await one.trip();
    expect(await refuses(one)).toBe(true);
    expect(await other.call('success')).toBe(true);
    await until(() => one.call('success'));
    expect((await one.look()).state).toBe('closed');

    await store.bringBack();
    await heard([false, true]);
    await other.trip();
    expect(await until(() => refuses(one))).toBeLessThan(STATED_DELAY);
  });

  it('lets both end by themselves when they are closed', async () => {
    const pair = await two();
    await pair[0].trip();
    expect(await Promise.all(pair.map((child) => child.close()))).toEqual([0, 0]);
  });
}

describe('two processes that share a breaker through a SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-shared-breaker-'));
  let file: string;
  const remove = () => ['', '-wal', '-shm'].forEach((end) => rmSync(file + end, { recursive: true, force: true }));

  beforeEach(() => {
    file = join(folder, `${randomUUID()}.db`);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describeSharing({
    settings: () => ({ sharedState: { type: 'sqlite', file, ...TIMING } }),
    takeAway: async () => {
      remove();
      mkdirSync(file);
    },
    bringBack: async () => remove(),
  });
});

describeOnEmulator('two processes that share a breaker through DynamoDB', (aws) => {
  let table: string;

  beforeEach(() => {
    table = `circuits-${randomUUID()}`;
  });

  describeSharing({
    settings: () => {
      const { endpoint, region, credentials } = aws();
      return {
        sharedState: { type: 'dynamodb', table, provision: 'create', ...TIMING },
        aws: { endpoint, region, credentials },
      };
    },
    takeAway: () => aws().kill(),
    bringBack: () => aws().restart(),
  });
});
