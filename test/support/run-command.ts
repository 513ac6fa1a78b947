import { execFile } from 'node:child_process';

export interface CommandResult {
  readonly code: number | string;
  readonly output: string;
}

/** What npm sets for the script it runs would make an npm started by that script work in the wrong folder. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_(local_)?prefix)|INIT_CWD|NODE_OPTIONS|JEST_)/i.test(name),
  ),
);

/** Runs to the end, or for `timeoutMs`; then the code says which signal ended it. */
export function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  timeoutMs: number,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        cwd,
        env: environment,
        timeout: timeoutMs,
        maxBuffer: 1e8,
        killSignal: 'SIGKILL',
        shell: process.platform === 'win32' && command === 'npm',
      },
      (error, stdout, stderr) =>
        resolve({ code: error ? (error.signal ?? error.code ?? 1) : 0, output: `${stdout}${stderr}` }),
    );
  });
}
