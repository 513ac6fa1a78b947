import { OURS } from './measure.mjs';

const table = (head, rows) =>
  [head, head.map((_, index) => (index < 2 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const count = (value) => Number(value.toPrecision(3)).toLocaleString('en-US');
const ratio = (value) => (value >= 10 ? value.toFixed(0) : value < 0.1 ? value.toPrecision(2) : value.toFixed(2));
const milliseconds = (value) => (value >= 10 ? value.toFixed(1) : value.toFixed(2));
const range = ({ p25, p75 }, format) => `${format(p25)} – ${format(p75)}`;
const subjectOf = ({ subject, note }) => (subject === OURS ? `**${subject}**` : subject) + (note ? ` (${note})` : '');

function throughput({ rows, unit }) {
  return table(
    ['work', 'who', `${unit}, median`, 'p25 – p75', 'ours ÷ this', 'p25 – p75'],
    rows.map((row) => [
      row.variant,
      subjectOf(row),
      count(row.rate.median),
      range(row.rate, count),
      ...(row.ratio ? [ratio(row.ratio.median), range(row.ratio, ratio)] : ['', '']),
    ]),
  );
}

function latency({ rows }) {
  return table(
    ['work', 'who', 'p50 ms, median', 'p25 – p75', 'p99 ms, median', 'p25 – p75'],
    rows.map((row) => [
      row.variant,
      subjectOf(row),
      milliseconds(row.p50.median),
      range(row.p50, milliseconds),
      milliseconds(row.p99.median),
      range(row.p99, milliseconds),
    ]),
  );
}

const nanoseconds = (rate) => count(1e9 / rate);

/** The same as throughput, read the other way: what one call costs, and how many calls of the function alone that is. */
function cost({ rows }) {
  return table(
    ['work', 'who', 'ns a call, median', 'p25 – p75', '× the function alone', 'ours is faster by', 'p25 – p75'],
    rows.map((row) => [
      row.variant,
      subjectOf(row),
      nanoseconds(row.rate.median),
      `${nanoseconds(row.rate.p75)} – ${nanoseconds(row.rate.p25)}`,
      row.timesBare ? ratio(row.timesBare.median) : '',
      ...(row.ratio ? [`${ratio(row.ratio.median)} ×`, range(row.ratio, ratio)] : ['', '']),
    ]),
  );
}

function amount({ rows, unit }) {
  return table(
    ['what', 'who', `${unit}, median`, 'p25 – p75'],
    rows.map((row) => [row.variant, subjectOf(row), amountOf(row.amount.median), range(row.amount, amountOf)]),
  );
}

const amountOf = (value) => (Math.abs(value) >= 10 ? count(value) : value.toFixed(1));

function correctness({ rows, columns }) {
  const lines = rows.map(({ question, answers }) => [question, ...columns.map((column) => answers[column])]);
  const head = ['what happens', ...columns.map((name) => (name.startsWith(OURS) ? `**${name}**` : name))];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const RENDERERS = { throughput, cost, latency, amount, correctness };

const judged = ({ text, reached, met }) =>
  `- ${met ? 'Met' : '**Missed**'}: ${text} (${reached >= 100 ? count(reached) : ratio(reached)})`;

export function renderGroup(group) {
  const parts = [`### ${group.title}`, group.text, RENDERERS[group.kind](group), group.targets.map(judged).join('\n')];
  return parts.filter(Boolean).join('\n\n');
}

export function renderSuite(report) {
  const { machine } = report;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `## ${report.title}`,
    report.text,
    [
      `- ${report.date}, commit ${machine.commit}; ${report.rounds} rounds, case order shuffled with seed ${report.seed}; ${report.seconds} s`,
      `- ${machine.cpu}, ${machine.memory}; ${machine.system}; Node ${machine.node}`,
      `- ${versions.join(', ')}`,
      `- load average before ${machine.loadAverage.join(' ')}, after ${machine.loadAverageAfter.join(' ')}`,
    ].join('\n'),
    ...report.groups.map(renderGroup),
  ]
    .join('\n\n')
    .concat('\n');
}
