import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');

/** Fails when the process does not end by itself. */
async function runChild(options?: object): Promise<string[]> {
  const child = join(__dirname, 'children/embedded.ts');
  const loader = join(root, 'test/support/run-typescript.cjs');
  const args = ['--require', loader, child, ...(options ? [JSON.stringify(options)] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 20_000 });
  return stdout.trim().split('\n').toSorted();
}

describe('a process', () => {
  it('with everything in memory ends after close, having loaded no driver, SDK, Terminus or CQRS', async () => {
    expect(await runChild()).toEqual(['closed []', 'handled', 'reply 3']);
  });

  it('with everything on files ends after close', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loose-coupling-'));
    const options = {
      service: 'order',
      transport: { type: 'local', file: join(folder, 'broker.db') },
      store: { type: 'sqlite', file: join(folder, 'order.db') },
    };

    const lines = await runChild(options);

    expect(lines.slice(1)).toEqual(['handled', 'reply 3']);
    expect(lines[0]).toMatch(/^closed \[.*libsql/);
    await rm(folder, { recursive: true });
  });
});
