import { execFileSync } from 'node:child_process';
import type { EmulatorKind } from './emulator-kinds.js';
import { pythonWith } from './python-environment.js';

/** How an emulator is started on a port of this machine. */
export interface EmulatorCommand {
  readonly command: string;
  args(port: number): readonly string[];
  /** It stands before the emulator, and takes it along when its input ends; killed, it could not. */
  readonly endsWithInput?: boolean;
}

/** Ends with its parent: that one holds the other end of stdin, and lets go of it even when it is killed. */
const END_WITH_PARENT = `
import os, sys, threading
def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = sys.argv[:1]
`;

/**
 * Python, else a container engine, else the reasons why there is neither. Prepares what is not there yet, which takes
 * some seconds the first time.
 */
export function findCommand(kind: EmulatorKind): EmulatorCommand | { readonly missing: string } {
  try {
    const command = pythonWith(kind.requirement);
    return { command, args: () => ['-u', '-c', END_WITH_PARENT + kind.code] };
  } catch (error) {
    const command = containerEngine();
    if (!command) return { missing: `no ${kind.requirement} (${firstLine(error)}), no running container engine` };
    return {
      command,
      // With stdin open, the engine's client ends with its parent and takes the container along.
      args: (port) => ['run', '--rm', '-i', '--init', '-p', `127.0.0.1:${port}:${kind.containerPort}`, kind.image],
    };
  }
}

function containerEngine(): string | undefined {
  return ['docker', 'podman'].find((engine) => {
    try {
      execFileSync(engine, ['info'], { stdio: 'ignore', timeout: 10_000 });
      return true;
    } catch {
      return false;
    }
  });
}

const firstLine = (error: unknown): string => String((error as Error).message ?? error).split('\n', 1)[0] as string;
