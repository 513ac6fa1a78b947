import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmulatorCommand } from './emulator-command.js';

const READY_TIMEOUT = 90_000;
const ATTEMPTS = 3;
const MODULES = join(__dirname, '../../../node_modules');

/** What the AWS SDK needs to reach an emulator; `environment` is the same for a child process. */
export interface AwsAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const accessTo = (endpoint: string): AwsAccess => ({
  endpoint,
  region: process.env['AWS_REGION'] || 'eu-west-1',
  credentials: {
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] || 'test',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] || 'test',
  },
});

/** An emulator as a process of its own, on a free port of 127.0.0.1. It ends with this process, however that ends. */
export class AwsEmulator implements AwsAccess {
  private constructor(
    private readonly command: EmulatorCommand,
    readonly port: number,
    private child: ChildProcess,
  ) {}

  static async start(command: EmulatorCommand): Promise<AwsEmulator> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      try {
        return new AwsEmulator(command, port, await launch(command, port));
      } catch (error) {
        // Another process may have taken the port meanwhile.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  readonly region = accessTo('').region;
  readonly credentials = accessTo('').credentials;

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends it at once, as a crash would; what it kept in memory is lost. */
  async kill(): Promise<void> {
    await ended(this.child, this.command);
  }

  /** Starts it again, empty, on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    this.child = await launch(this.command, this.port);
  }
}

async function launch(how: EmulatorCommand, port: number): Promise<ChildProcess> {
  const child = spawn(how.command, how.args(port), {
    // Lambda's runtimes have the AWS SDK; functions that the emulator runs find this one.
    env: { ...process.env, NODE_PATH: MODULES, PORT: String(port) },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2_000)));
  child.on('error', (error) => (errors += error.message));
  const end = Date.now() + READY_TIMEOUT;
  while (!(await answers(port))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > end) {
      await ended(child, how);
      throw new Error(`The AWS emulator did not start on port ${port}: ${errors}`);
    }
    await sleep(50);
  }
  return child;
}

/** Any answer over HTTP will do. */
const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => (await response.arrayBuffer(), true),
    () => false,
  );

async function ended(child: ChildProcess, { endsWithInput }: EmulatorCommand): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  if (endsWithInput) child.stdin?.end();
  else child.kill('SIGKILL');
  await exit;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
