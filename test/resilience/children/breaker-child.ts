import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ChildAnswer, ChildCommand, ChildSettings } from './breaker.child.js';

const RUN_TYPESCRIPT = join(__dirname, '../../support/run-typescript.cjs');

/** The parent's side of a process with one shared breaker. One command at a time. */
export class BreakerChild {
  private readonly process: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor(settings: ChildSettings) {
    this.process = fork(join(__dirname, 'breaker.child.ts'), [JSON.stringify(settings)], {
      execArgv: ['--require', RUN_TYPESCRIPT],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
  }

  ask(command: ChildCommand): Promise<ChildAnswer> {
    return new Promise((resolve, reject) => {
      this.process.once('message', (answer) => resolve(answer as ChildAnswer));
      this.process.send(command, (error) => error && reject(error));
    });
  }

  call = async (outcome: 'success' | 'failure'): Promise<boolean> =>
    (await this.ask({ do: 'call', outcome })).allowed ?? false;

  look = (): Promise<ChildAnswer> => this.ask({ do: 'look' });

  async trip(): Promise<void> {
    for (let time = 0; time < 3; time += 1) await this.call('failure');
  }

  /** Resolves to the exit code: it has to end by itself. */
  async close(): Promise<number | null> {
    if (this.process.connected) this.process.send({ do: 'close' } satisfies ChildCommand);
    return this.exited;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}
