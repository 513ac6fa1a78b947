import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const RUN_TYPESCRIPT = resolve(__dirname, '../../../../../../test/support/run-typescript.cjs');

/** Another process that runs one of these scripts, and what it wrote. */
export class ChildProcess {
  readonly lines: string[] = [];
  private readonly child: ChildProcessWithoutNullStreams;
  private rest = '';
  private waiting: { readonly line: string; readonly resolve: () => void }[] = [];
  private readonly exited: Promise<unknown>;
  errors = '';

  constructor(script: string, ...args: string[]) {
    this.child = spawn(process.execPath, ['--require', RUN_TYPESCRIPT, resolve(__dirname, script), ...args]);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.read(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.exited = new Promise((ended) => this.child.once('close', ended));
  }

  /** Resolves when it has written this line. */
  wrote(line: string): Promise<void> {
    if (this.lines.includes(line)) return Promise.resolve();
    return new Promise((done) => this.waiting.push({ line, resolve: done }));
  }

  write(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** Resolves when it is dead and all it wrote has been read. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Resolves to the exit code when it ends by itself. */
  async end(): Promise<unknown> {
    return this.exited;
  }

  private read(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop() ?? '';
    for (const line of parts) {
      this.lines.push(line);
      this.waiting = this.waiting.filter((each) => each.line !== line || each.resolve());
    }
  }
}
