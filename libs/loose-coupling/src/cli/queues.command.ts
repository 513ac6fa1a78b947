import type { Command } from './with-broker.js';

const HEADINGS = ['QUEUE', 'AVAILABLE', 'IN FLIGHT', 'DELAYED'];

/** Lists the queues with the messages in them. */
export const queues: Command = async ({ transport, output }) => {
  const names = (await transport.listQueues()).toSorted();
  const rows = await Promise.all(
    names.map(async (name) => {
      const { available, inFlight, delayed } = await transport.queue(name).depth();
      return [name, available, inFlight, delayed].map(String);
    }),
  );
  output.out(table([HEADINGS, ...rows]));
};

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return rows.map((row) => `${line(row).join('  ')}\n`).join('');
}
