/** `npm run bench [-- <suite> …] [--quick] [--without-peers] [--rounds n] [--seed n] [--only text] [--package folder]`: see docs/benchmarks.md. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { parseArgs } from 'node:util';
import { ensureLibrary, ensurePeers } from './harness/prepare.mjs';
import { runSuite } from './harness/run-suite.mjs';

const SUITES = ['broker', 'event-sourcing', 'messaging', 'resilience', 'services'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    'without-peers': { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
    package: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !SUITES.includes(name));
if (unknown.length > 0) {
  console.error(`No suite named ${unknown.join(', ')}; there are: ${SUITES.join(', ')}.`);
  process.exit(2);
}

const settings = {
  quick: values.quick,
  peers: !values['without-peers'],
  rounds: values.rounds && Number(values.rounds),
  seed: Number(values.seed),
  only: values.only,
};

// From its first use in a process it makes every promise dearer, and there is no service without one.
new AsyncLocalStorage().run({}, () => undefined);

try {
  if (settings.peers) ensurePeers();
  ensureLibrary(values.package);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
for (const name of positionals.length > 0 ? positionals : SUITES) {
  const { suite } = await import(`./suites/${name}.mjs`);
  await runSuite(await suite(settings), settings);
}
