import { spawnSync } from 'node:child_process';
import type { EmulatorCommand } from './emulator-command.js';
import { folderOfPackage } from './npm-package.js';

/** Carries AWS's own DynamoDB Local 1.25, whose licence lets it be used for tests and not be passed on. */
const PACKAGE = 'amplify-dynamodb-simulator@2.9.30';
const LEAST_JAVA = 17;

/** Java does not end with its parent, so a process stands between that does: it holds the other end of our pipe. */
const END_WITH_PARENT = `
const { spawn } = require('node:child_process');
const [cwd, command, ...args] = process.argv.slice(1);
const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
child.on('exit', (code) => process.exit(code ?? 1));
child.on('error', (error) => { console.error(error.message); process.exit(1); });
process.stdin.on('end', () => child.kill('SIGKILL')).on('error', () => child.kill('SIGKILL')).resume();
`;

/** How DynamoDB Local is started, or why it cannot be. Fetches it (57 MB) the first time. */
export function findDynamoDbLocal(): EmulatorCommand | { readonly missing: string } {
  const version = javaVersion();
  if (version === undefined || version < LEAST_JAVA) {
    return {
      missing: `it needs Java ${LEAST_JAVA}, and there is ${version === undefined ? 'none' : `Java ${version}`}`,
    };
  }
  let folder: string;
  try {
    folder = folderOfPackage(PACKAGE, 'emulator');
  } catch (error) {
    return { missing: `${PACKAGE} cannot be had (${(error as Error).message.split('\n', 1)[0]})` };
  }
  const java = ['java', '-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'];
  return {
    command: process.execPath,
    // It writes a file about itself where it is started.
    args: (port) => ['-e', END_WITH_PARENT, folder, ...java, '-inMemory', '-disableTelemetry', '-port', String(port)],
    endsWithInput: true,
  };
}

function javaVersion(): number | undefined {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: 30_000 });
  const version = status === 0 ? /version "(?:1\.)?(\d+)/.exec(stderr)?.[1] : undefined;
  return version === undefined ? undefined : Number(version);
}
