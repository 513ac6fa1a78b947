import { setImmediate as turn } from 'node:timers/promises';
import { shuffled } from './shuffle.mjs';
import { quantile, summarize } from './statistics.mjs';

/**
 * Runs every case of a group once a round, in a new order each round, after one round that does not count. A case is
 * `{ subject, variant, open() → state, warm?(state), run(state), verify?(state, result), close?(state) }`; only `run` is timed.
 * A throughput or cost case also has `operations`, the number of them in one run; the `run` of a latency case resolves to an
 * array of milliseconds, that of an amount case to a number. A group with `rounds` of its own has no round that does not count.
 */
export async function measureGroup(group, { rounds, quick }, random) {
  const samples = new Map(group.cases.map((testCase) => [testCase, []]));
  const alive = [];
  const last = group.rounds ?? rounds;
  for (let round = quick || group.rounds ? 1 : 0; round <= last; round++) {
    for (const testCase of shuffled(group.cases, random)) {
      const sample = await measureOnce(testCase, group.kind, group.kind === 'cost' ? alive : undefined);
      if (round > 0) samples.get(testCase).push(sample);
    }
  }
  const variants = [...new Set(group.cases.map(({ variant }) => variant))];
  return variants.flatMap((variant) =>
    group.cases.filter((other) => other.variant === variant).map((testCase) => describe(testCase, samples, group)),
  );
}

async function measureOnce(testCase, kind, alive) {
  const state = await testCase.open();
  // In a service objects of each shape live on. When the last one dies, so does the code that was optimized for it.
  alive?.push(state);
  try {
    // The garbage of the case before is not this one's to collect.
    globalThis.gc?.();
    await turn();
    // A collection also throws optimized code away, so a short case warms up again.
    await testCase.warm?.(state);
    const elapsed = kind === 'cost' ? processorTime() : wallTime();
    const result = await testCase.run(state);
    const seconds = elapsed();
    await testCase.verify?.(state, result);
    if (kind === 'latency') return { p50: quantile(result, 0.5), p99: quantile(result, 0.99) };
    return kind === 'amount' ? { amount: result } : { rate: testCase.operations / seconds };
  } finally {
    await testCase.close?.(state);
  }
}

function wallTime() {
  const start = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - start) / 1e9;
}

/** For work that waits for nothing: other processes on the machine do not count. The garbage collector's threads do. */
function processorTime() {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
}

function describe(testCase, samples, group) {
  const { subject, variant, note } = testCase;
  const own = samples.get(testCase);
  if (group.kind === 'latency') {
    return { subject, variant, note, p50: summarize(own.map((s) => s.p50)), p99: summarize(own.map((s) => s.p99)) };
  }
  if (group.kind === 'amount') return { subject, variant, note, amount: summarize(own.map((s) => s.amount)) };
  const ours = group.cases.find((other) => other.variant === variant && other.subject === OURS);
  const bare = group.cases.find((other) => other.subject === BARE);
  // Each round's ratio is taken within the round: what slows the machine slows both.
  const over = (other) => summarize(samples.get(other).map((sample, round) => sample.rate / own[round].rate));
  return {
    subject,
    variant,
    note,
    rate: summarize(own.map((sample) => sample.rate)),
    ...(ours && ours !== testCase ? { ratio: over(ours) } : {}),
    ...(bare && bare !== testCase ? { timesBare: over(bare) } : {}),
  };
}

export const OURS = 'nestjs-loose-coupling';
/** The subject of a cost group that the others are multiples of. */
export const BARE = 'the function alone';
