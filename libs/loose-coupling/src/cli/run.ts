import { parseCommandLine, UsageError, type CommandLine } from './command-line.js';
import { HELP } from './help.js';
import type { Output } from './output.js';
import { isProvisioningCommand, provision, PROVISIONING_COMMANDS } from './provision.js';
import { queues } from './queues.command.js';
import { redrive } from './redrive.command.js';
import { withBroker, type Command } from './with-broker.js';

const COMMANDS: Readonly<Record<string, Command>> = { queues, redrive };
const SEE_HELP = 'loose-coupling --help says what there is.\n';
const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command line and resolves to its exit code; never rejects. */
export async function run(args: readonly string[], output: Output): Promise<number> {
  try {
    const line = parseCommandLine(args);
    if (line.help) {
      output.out(HELP);
      return DONE;
    }
    if (isProvisioningCommand(line)) return (await provision(line, output)) ? DONE : FAILED;
    await withBroker(line, commandOf(line), output);
    return DONE;
  } catch (error) {
    if (error instanceof UsageError) {
      // The whole of it would push the fault off the screen.
      output.error(`${error.message}\n\n${args.length === 0 ? HELP : SEE_HELP}`);
      return WRONG_USAGE;
    }
    output.error(`${error instanceof Error ? error.message : String(error)}\n`);
    return FAILED;
  }
}

function commandOf({ command }: CommandLine): Command {
  if (command === undefined) throw new UsageError('no command given');
  const found = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (found) return found;
  const known = new Set([...PROVISIONING_COMMANDS, ...Object.keys(COMMANDS)]);
  throw new UsageError(`unknown command "${command}"; there are ${[...known].join(', ')}`);
}
