import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STARTUP_MS = 30_000;

/** One of the sample services as a process of its own. */
export class Service {
  #child;

  /**
   * @param {'order' | 'inventory'} name
   * @param {{ port: number, dataDir: string, logFile?: string, env?: Record<string, string> }} options without a log file,
   *   output goes to the terminal
   */
  constructor(name, options) {
    this.name = name;
    this.options = options;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  get running() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the service answers on /health. */
  async start() {
    const { port, dataDir, logFile, env } = this.options;
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', join(ROOT, `dist/apps/${this.name}/apps/${this.name}/src/main.js`)],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          [`${this.name.toUpperCase()}_PORT`]: String(port),
          HOST: process.env.HOST ?? '127.0.0.1',
          LOOSE_COUPLING_DATA_DIR: dataDir,
          NO_COLOR: '1',
          ...env,
        },
        stdio: ['ignore', logFile ? 'pipe' : 'inherit', logFile ? 'pipe' : 'inherit'],
      },
    );
    this.#child = child;
    if (logFile) {
      const log = createWriteStream(logFile, { flags: 'a' });
      child.stdout.pipe(log, { end: false });
      child.stderr.pipe(log, { end: false });
    }
    const deadline = Date.now() + STARTUP_MS;
    while (!(await this.healthy())) {
      if (!this.running)
        throw new Error(`${this.name} ended while starting${logFile ? `; its log is ${logFile}` : ''}`);
      if (Date.now() > deadline)
        throw new Error(`${this.name} does not answer on ${this.url}/health after ${STARTUP_MS / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async healthy() {
    try {
      return (await fetch(`${this.url}/health`)).ok;
    } catch {
      return false;
    }
  }

  /** Ends the process as a crash would: no warning, no clean-up. */
  kill() {
    return this.#end('SIGKILL');
  }

  /** Asks the service to finish what it is doing and end. */
  stop() {
    return this.#end('SIGTERM');
  }

  #end(signal) {
    const child = this.#child;
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill(signal);
    });
  }

  /** Resolves when the process ends, with its exit code or signal. */
  ended() {
    return new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(code ?? signal)));
  }
}

/** The wanted port when it is free, else any free one. */
export async function freePort(wanted) {
  for (const port of [wanted, 0]) {
    const free = await new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const { port: found } = server.address();
        server.close(() => resolve(found));
      });
    });
    if (free !== undefined) return free;
  }
  throw new Error('No free port on 127.0.0.1');
}
