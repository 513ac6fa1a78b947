import { OURS } from '../harness/measure.mjs';
import { allocations, idleBytes, idleProcessor, idleTimers } from './resilience/amounts.mjs';
import { across, calling, failing, together } from './resilience/cases.mjs';
import { cockatiel } from './resilience/cockatiel.mjs';
import { nestjsResilience } from './resilience/nestjs-resilience.mjs';
import { opossum } from './resilience/opossum.mjs';
import { ours } from './resilience/ours.mjs';

const MAJOR = Number(process.versions.node.split('.')[0]);
/** The newest that supports this Node. */
const PACKAGES =
  MAJOR < 22 ? ['cockatiel-3', 'opossum-8', 'nestjs-resilience'] : ['cockatiel-4', 'opossum-10', 'nestjs-resilience'];

const BREAKERS = ['breaker, failures in a row', 'breaker, last 100 calls', 'breaker, last 10 seconds'];
const SINGLE = [...BREAKERS, 'retry', 'timeout', 'timeout, signal used', 'bulkhead', 'rate limit'];
const STACKS = ['four policies', 'four policies, signal used', 'four policies, as decorators', 'six policies'];

export async function suite({ quick, peers }) {
  const others = peers ? await loadPeers() : [];
  const subjects = [ours, ...others];
  // 20,000 calls are over before V8 has compiled them.
  const calls = quick ? 200 : 100_000;
  const circuits = quick ? 100 : 10_000;
  const atLeast = (factor, peer, variant, text) => ({
    text: text ?? `at least ${factor} × ${peer}, ${variant}`,
    value: (figure) => figure(peer, variant)?.ratio.median ?? NaN,
    atLeast: factor,
  });
  const judged = (targets) => (peers ? targets : []);

  return {
    name: `resilience-node${MAJOR}`,
    title: `Resilience, on Node ${MAJOR}`,
    packages: peers ? PACKAGES : [],
    rounds: 15,
    text:
      'One call after another, of a function that only returns its argument: what is measured is the policies. A ' +
      'cost is processor time, the garbage collector included; ratios are taken round by round. Breakers, bulkheads and so on ' +
      'are new in each round, and as many calls as are measured warm them up: 100,000 where a case is of one call after ' +
      'another. With 20,000, as it was until now, most of the time measured was the compiler’s.',
    groups: [
      {
        kind: 'cost',
        title: 'One policy',
        cases: across(subjects, ['no policy', ...SINGLE], calling, { calls }),
        targets: judged([
          ...BREAKERS.map((variant) => atLeast(1, 'cockatiel', variant)),
          atLeast(1, 'opossum', 'breaker, last 10 seconds'),
        ]),
      },
      {
        kind: 'cost',
        title: 'Several policies',
        text:
          'Four: retry, circuit breaker (last 100 calls), timeout, bulkhead. Six: fallback and rate limit too. cockatiel makes an ' +
          'AbortSignal for each call and by default aborts it even after success; ours makes it when it is asked for.',
        cases: across(subjects, STACKS, calling, { calls }),
        targets: judged([
          atLeast(MAJOR < 22 ? 3 : 5, 'cockatiel', 'four policies'),
          atLeast(MAJOR < 22 ? 3 : 5, 'cockatiel', 'four policies, signal used'),
          atLeast(1, 'opossum', 'four policies'),
        ]),
      },
      {
        kind: 'cost',
        title: 'Refusals and failures',
        text: 'Few failures: one of opossum costs more the more calls are in its window.',
        cases: [
          ...across(subjects, ['an open circuit refuses'], failing, { calls: quick ? 10 : 20_000 }),
          ...across(subjects, ['the dependency fails'], failing, { calls: quick ? 10 : 1_000 }),
        ],
        targets: judged([
          atLeast(1, 'cockatiel', 'an open circuit refuses'),
          atLeast(1, 'opossum', 'an open circuit refuses'),
        ]),
      },
      {
        kind: 'cost',
        title: 'A circuit for each key',
        text: 'They are there before the clock starts. cockatiel has no keys: here it is a Map of breakers that nobody limits.',
        cases: across(subjects, ['a circuit for each of 10,000 keys'], calling, { calls }),
      },
      {
        kind: 'cost',
        title: 'A thousand calls at once',
        text: '990 of them wait in the queue of the bulkhead.',
        cases: across(subjects, ['through a bulkhead of 10'], together, {
          atOnce: quick ? 100 : 1_000,
          times: quick ? 1 : 10,
        }),
      },
      {
        kind: 'amount',
        unit: 'bytes',
        title: 'Memory for each call',
        cases: allocations(subjects, ['breaker, last 100 calls', 'four policies', 'four policies, signal used'], {
          calls: quick ? 100 : 400,
        }),
      },
      {
        kind: 'amount',
        unit: 'amount',
        title: 'Idle circuits',
        text: 'Called once each, then left alone. Ours are those of one decorated method with `key`.',
        cases: [
          ...idleBytes(subjects, circuits),
          ...idleTimers(subjects, circuits),
          ...idleProcessor(subjects, circuits, quick ? 20 : 300),
        ],
        targets: quick ? [] : [most(1_024, 'bytes of each of 10,000 circuits'), most(0, 'timers of 10,000 circuits')],
      },
    ],
  };
}

const most = (limit, variant) => ({
  text: `at most ${limit.toLocaleString('en-US')}, ${variant}`,
  value: (figure) => figure(OURS, variant).amount.median,
  atMost: limit,
});

async function loadPeers() {
  const [cockatielPackage, opossumPackage] = PACKAGES;
  return [
    await cockatiel(cockatielPackage),
    await cockatiel(cockatielPackage, { abortOnReturn: false }),
    await opossum(opossumPackage),
    await nestjsResilience(),
  ];
}
