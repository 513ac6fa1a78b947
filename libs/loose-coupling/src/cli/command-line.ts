import { parseArgs } from 'node:util';

/** What the user typed is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command with its options, as typed. */
export interface CommandLine {
  readonly command: string | undefined;
  readonly help: boolean;
  readonly file: string | undefined;
  readonly queue: string | undefined;
  readonly limit: number | undefined;
  readonly config: string | undefined;
  readonly results: string | undefined;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly json: boolean;
}

/** @throws {UsageError} */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) throw new UsageError(`one command at a time, got "${positionals.join(' ')}"`);
  return {
    command: positionals[0],
    help: values.help ?? false,
    file: values.file,
    queue: values.queue,
    limit: values.limit === undefined ? undefined : positiveInteger('--limit', values.limit),
    config: values.config,
    results: values.results,
    endpoint: values.endpoint,
    region: values.region,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        file: { type: 'string', short: 'f' },
        queue: { type: 'string', short: 'q' },
        limit: { type: 'string', short: 'n' },
        config: { type: 'string', short: 'c' },
        results: { type: 'string', short: 'r' },
        endpoint: { type: 'string' },
        region: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`${option}: expected a whole number above 0, got "${text}"`);
  }
  return value;
}
