import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const SEED = process.env['CHAOS_SEED'] ?? '1';
const KILLS = process.env['SOAK'] ? 200 : 20;

const run = (command: string, args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(command, args, { cwd: ROOT, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
  });

describe('orders that flow while services are killed', () => {
  beforeAll(async () => {
    // What is under test is what is in the sources now; an earlier build makes this one short.
    await run('npm', ['run', 'build:apps']);
  }, 180_000);

  it(
    `survive ${KILLS} kills: none lost, none reserved twice, both services agree`,
    async () => {
      const output = await run(process.execPath, [
        'scripts/chaos/main.mjs',
        '--kills',
        String(KILLS),
        '--seed',
        SEED,
        '--json',
      ]);
      const result = JSON.parse(output) as { faults: string[]; accepted: number; killed: Record<string, number> };
      expect(result.faults).toEqual([]);
      expect(result.accepted).toBeGreaterThan(KILLS * 10);
      expect((result.killed['order'] ?? 0) + (result.killed['inventory'] ?? 0)).toBeGreaterThanOrEqual(KILLS);
      expect(Math.min(result.killed['order'] ?? 0, result.killed['inventory'] ?? 0)).toBeGreaterThan(0);
    },
    KILLS * 10_000,
  );
});
