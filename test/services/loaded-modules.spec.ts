import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');

jest.setTimeout(60_000);

it('an application loads undici with its first call of a service, and ends by itself afterwards', async () => {
  const args = ['--require', RUN_TYPESCRIPT, join(__dirname, 'loaded-modules.child.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual({ atStart: false, healthy: true, afterwards: true });
});
