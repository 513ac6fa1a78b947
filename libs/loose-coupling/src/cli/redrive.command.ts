import type { QueueDepth } from '../messaging/index.js';
import type { Command } from './with-broker.js';

/** Sends dead letters back. */
export const redrive: Command = async ({ deadLetters, line, output }) => {
  const names = line.queue === undefined ? await withLetters(deadLetters) : [line.queue];
  if (names.length === 0) output.out('There are no dead letters.\n');
  for (const name of names) {
    const limit = line.limit === undefined ? {} : { limit: line.limit };
    const { redriven, skipped, hidden } = await deadLetters.redrive(name, limit);
    const left = skipped === 0 ? '' : `, ${skipped} left there as they were sent back too often already`;
    output.out(`${name}: ${redriven} sent back${left}${later(hidden)}\n`);
  }
};

async function withLetters(deadLetters: Parameters<Command>[0]['deadLetters']): Promise<string[]> {
  return (await deadLetters.list()).filter(hasLetters).map(({ name }) => name);
}

const hasLetters = ({ available, inFlight, delayed }: QueueDepth): boolean => available + inFlight + delayed > 0;

const later = (hidden: number): string =>
  hidden === 0
    ? ''
    : `, ${hidden} more ${hidden === 1 ? 'is' : 'are'} being handled or ${hidden === 1 ? 'waits' : 'wait'} for another attempt; run again later`;
