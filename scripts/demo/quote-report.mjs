/**
 * What became of the quotes before, during and after the outage, and what should not have become of them.
 * @param {readonly import('./shoppers.mjs').Quote[]} quotes
 * @param {import('./outage.mjs').Outage} outage
 * @returns {{ lines: string[], faults: string[] }}
 */
export function reportQuotes(quotes, outage) {
  const { killedAt, goneAt, openedAt, restartedAt, closedAt = Infinity } = outage;
  const failed = quotes.filter(({ error }) => error);
  const live = quotes.filter(({ source }) => source === 'inventory');
  const before = live.filter(({ endedAt }) => endedAt < killedAt);
  const recalled = quotes.filter(
    ({ source, askedAt, endedAt }) => source === 'last-known' && endedAt > killedAt && askedAt < closedAt,
  );
  const again = live.filter(({ askedAt }) => askedAt >= closedAt);
  const impossible = live.filter(({ askedAt, endedAt }) => askedAt > goneAt && endedAt < restartedAt);

  const faults = [];
  if (failed.length > 0) faults.push(`${failed.length} quotes failed, the first with: ${failed[0].error.message}`);
  if (before.length === 0) faults.push('no quote was answered by inventory before it was killed');
  if (recalled.length === 0) faults.push('no quote was answered from what was last known');
  if (again.length === 0) faults.push('no quote was answered by inventory after the circuit had closed');
  if (impossible.length > 0) faults.push(`${impossible.length} quotes claim to be from inventory while it was away`);

  return {
    lines: [
      `${before.length} answered by inventory before it was killed${speed(before)}`,
      openedAt === undefined
        ? 'the circuit never opened'
        : `the circuit opened ${outage.openedAfter} ms after the kill, on ${outage.failedCalls} failed calls`,
      `${recalled.length} answered from what was last known${speed(recalled)}; ${failed.length || 'none'} failed`,
      ...(openedAt === undefined ? [] : [closing(outage)]),
      `${again.length} answered by inventory again${speed(again)}`,
    ],
    faults,
  };
}

const closing = ({ closedAt, closedAfter }) =>
  closedAt === undefined
    ? 'the circuit never closed again'
    : `the circuit closed ${closedAfter} ms after inventory was back`;

function speed(quotes) {
  if (quotes.length === 0) return '';
  const took = quotes.map(({ askedAt, endedAt }) => endedAt - askedAt).sort((one, other) => one - other);
  const percentile = (share) => took[Math.ceil(took.length * share) - 1].toFixed(1);
  return `, p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`;
}
