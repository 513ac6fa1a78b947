import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnEmulator } from '../support/aws-emulator/index.js';

const ROOT = join(__dirname, '../..');
const SEED = process.env['CHAOS_SEED'] ?? '1';
const KILLS = process.env['SOAK'] ? 200 : 20;
const KILLS_ON_AWS = process.env['SOAK'] ? 100 : 6;

interface ChaosResult {
  readonly faults: readonly string[];
  readonly accepted: number;
  readonly paid: number;
  readonly cancelled: number;
  readonly killed: { readonly order: number; readonly inventory: number };
}

const run = (command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    execFile(command, args, { cwd: ROOT, maxBuffer: 1e8, env }, (error, stdout, stderr) =>
      error ? reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
  });

async function chaos(
  kills: number,
  args: readonly string[] = [],
  environment?: NodeJS.ProcessEnv,
): Promise<ChaosResult> {
  const script = ['scripts/chaos/main.mjs', '--kills', String(kills), '--seed', SEED, '--json', ...args];
  return JSON.parse(await run(process.execPath, script, environment)) as ChaosResult;
}

function expectManyKills({ accepted, killed }: ChaosResult, kills: number): void {
  expect(accepted).toBeGreaterThan(kills * 10);
  expect(killed.order + killed.inventory).toBeGreaterThanOrEqual(kills);
  expect(Math.min(killed.order, killed.inventory)).toBeGreaterThan(0);
}

beforeAll(async () => {
  // What is under test is what is in the sources now; an earlier build makes this one short.
  await run('npm', ['run', 'build:apps']);
}, 180_000);

describe('orders that flow while services are killed', () => {
  it(
    `survive ${KILLS} kills: none lost, none reserved twice, both services agree`,
    async () => {
      const result = await chaos(KILLS);
      expect(result.faults).toEqual([]);
      expectManyKills(result, KILLS);
    },
    KILLS * 10_000,
  );
});

describe('orders that must be paid, while services are killed', () => {
  it(
    `survive ${KILLS} kills: paid and confirmed, or cancelled and released, each once`,
    async () => {
      const result = await chaos(KILLS, ['--payment-deadline', '1500']);
      expect(result.faults).toEqual([]);
      expectManyKills(result, KILLS);
      expect(result.paid).toBeGreaterThan(KILLS);
      expect(result.cancelled).toBeGreaterThan(KILLS);
    },
    KILLS * 12_000,
  );
});

describeOnEmulator('orders that flow over AWS while services are killed', (aws) => {
  const access = () => ({ AWS_ENDPOINT_URL: aws().endpoint });

  it(
    `survive ${KILLS_ON_AWS} kills: none lost, none reserved twice, both services agree`,
    async () => {
      const result = await chaos(KILLS_ON_AWS, ['--aws'], access());
      expect(result.faults).toEqual([]);
      expectManyKills(result, KILLS_ON_AWS);
    },
    KILLS_ON_AWS * 40_000,
  );

  it('end as the demo says, inventory killed in the middle', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'loose-coupling-demo-'));
    const output = await run(process.execPath, ['scripts/demo/main.mjs', '--aws', '--orders', '150'], {
      ...access(),
      LOOSE_COUPLING_DATA_DIR: dataDir,
    });
    expect(output).toContain('inventory killed (SIGKILL) after');
    expect(output).toContain('All invariants hold');
    rmSync(dataDir, { recursive: true, force: true });
  }, 300_000);
});
