import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SystemClock } from '../kernel/index.js';
import { DeadLetterQueues, LocalTransport, openLocalBroker, type MessageTransport } from '../messaging/index.js';
import { hasComponent, resolveDataFile } from '../sqlite/index.js';
import { UsageError, type CommandLine } from './command-line.js';
import type { Output } from './output.js';

const DEFAULT_MAX_REDRIVES = 3;

/** What a command works with. */
export interface CommandContext {
  readonly line: CommandLine;
  readonly transport: MessageTransport;
  readonly deadLetters: DeadLetterQueues;
  readonly output: Output;
}

export type Command = (context: CommandContext) => Promise<void>;

/**
 * Runs a command on the broker file that the command line names, and closes it again.
 * @throws {UsageError} when no file is named, or there is none of that name: it is not made by mistake
 */
export async function withBroker(line: CommandLine, command: Command, output: Output): Promise<void> {
  if (line.file === undefined) throw new UsageError('--file: needed, the file of the embedded broker');
  const places = [resolve(line.file), resolveDataFile(line.file)];
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new UsageError(`--file: there is no ${[...new Set(places)].join(', and no ')}`);
  if (!hasComponent(file, 'broker'))
    throw new Error(`--file: ${file} is not the file of an embedded broker; it was left as it is`);
  const transport = new LocalTransport(await openLocalBroker({ file, clock: new SystemClock() }));
  try {
    const deadLetters = new DeadLetterQueues(transport, { maxRedrives: DEFAULT_MAX_REDRIVES });
    await command({ line, transport, deadLetters, output });
  } finally {
    await transport.close();
  }
}
