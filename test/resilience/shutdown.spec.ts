import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');

interface Outcome {
  readonly answers: string[];
  readonly shipped: number;
  readonly stoppedEarly: number;
  readonly stopped: string[];
  readonly closed: number;
  readonly exited: number;
}

describe('closing an application', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    const child = join(__dirname, 'children/shutdown.child.ts');
    const loader = join(root, 'test/support/run-typescript.cjs');
    // Fails when the process does not end by itself.
    const { stdout } = await promisify(execFile)(process.execPath, ['--require', loader, child], {
      cwd: root,
      timeout: 20_000,
    });
    outcome = JSON.parse(stdout) as Outcome;
  }, 30_000);

  it('answers requests in a backoff, a queue or a wait for their turn, and lets those finish that run', () => {
    expect(outcome.answers).toEqual([
      'backoff 503 LC_CLOSED',
      'queue 503 LC_CLOSED',
      'rate 503 LC_CLOSED',
      'queue 200',
      'work 200',
    ]);
  });

  it('asks work that nobody waits for to stop, once all requests are answered', () => {
    expect([outcome.stoppedEarly, outcome.stopped]).toEqual([0, ['LC_CLOSED']]);
  });

  it('lets message handlers finish first, their retries included', () => {
    expect(outcome.shipped).toBe(1);
  });

  it('is done within a second, and so is the process', () => {
    expect(outcome.closed).toBeLessThan(1_000);
    expect(outcome.exited).toBeLessThan(1_000);
  });
});
