import { loadavg } from 'node:os';
import { describeMachine } from './machine.mjs';
import { measureGroup } from './measure.mjs';
import { renderGroup } from './report.mjs';
import { randomFrom } from './shuffle.mjs';
import { writeResults } from './write-results.mjs';

/** Measures the groups of a suite one after another and writes `results/<suite>.md` and `.json`; a quick run writes nothing. */
export async function runSuite(suite, given) {
  const settings = { ...given, rounds: given.quick ? 1 : (given.rounds ?? suite.rounds ?? 7) };
  const machine = describeMachine(suite.packages);
  const random = randomFrom(settings.seed);
  const started = performance.now();
  const groups = [];
  for (const group of suite.groups.filter(({ title }) => title.includes(settings.only))) {
    const rows = group.kind === 'correctness' ? await checkGroup(group) : await measureGroup(group, settings, random);
    const { title, kind = 'throughput', unit, text, columns, targets = [] } = group;
    groups.push({ title, kind, unit, text, columns, targets: judge(targets, rows), rows });
    console.log(`${renderGroup(groups.at(-1))}\n`);
  }
  await suite.close?.();
  const report = {
    suite: suite.name,
    title: suite.title,
    text: suite.text,
    date: new Date().toISOString(),
    rounds: settings.rounds,
    seed: settings.seed,
    seconds: Math.round((performance.now() - started) / 1000),
    machine: { ...machine, loadAverageAfter: loadavg().map((load) => load.toFixed(2)) },
    groups,
  };
  if (settings.quick || settings.only || !settings.peers) return;
  writeResults(report);
  console.log(`${suite.name}: ${report.seconds} s; written to bench/results/${suite.name}.md`);
}

async function checkGroup(group) {
  const rows = [];
  for (const { question, answers } of group.checks) {
    const found = {};
    for (const column of group.columns) found[column] = answers[column] ? await answers[column]() : 'n/a';
    rows.push({ question, answers: found });
  }
  return rows;
}

/** A target is `{ text, value(figure) → number, atLeast | atMost }`, in figures of the same run. */
function judge(targets, rows) {
  const figure = (subject, variant) => rows.find((row) => row.subject === subject && row.variant === variant);
  return targets.map(({ text, value, atLeast, atMost }) => {
    const reached = value(figure);
    return {
      text,
      atLeast,
      atMost,
      reached,
      met: reached >= (atLeast ?? -Infinity) && reached <= (atMost ?? Infinity),
    };
  });
}
