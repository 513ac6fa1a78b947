/**
 * `npm run peers:resilience`: makes the peers' defects happen, on the versions in bench/package.json, which it installs first.
 * See docs/resilience-peers.md.
 *
 * A version that does not support this Node runs on a newer one, through `npx -p node@24`. Ends with exit code 0 when
 * every defect was seen in every version.
 */
import { parseArgs } from 'node:util';
import { ensurePeers } from '../../harness/prepare.mjs';
import { DEFECTS } from './defects.mjs';
import { runHere, runInProcess } from './run-peer.mjs';

const { values } = parseArgs({ options: { peer: { type: 'string' } } });

/** One program for each: what a peer leaves behind must not meet the next one. */
const PEERS = [
  { specifier: 'cockatiel-3', library: 'cockatiel' },
  { specifier: 'cockatiel-4', library: 'cockatiel', node: 22 },
  { specifier: 'opossum-8', library: 'opossum' },
  { specifier: 'opossum-10', library: 'opossum', node: 22 },
  { specifier: 'nestjs-resilience', library: 'nestjs-resilience' },
];

const major = Number(process.versions.node.split('.')[0]);

if (values.peer) {
  const peer = PEERS.find(({ specifier }) => specifier === values.peer);
  process.exitCode = (await runHere(peer, DEFECTS[peer.library])) ? 0 : 1;
  // Calls that never end are part of the scenarios.
  process.exit();
}

ensurePeers();
let shown = true;
for (const peer of PEERS) {
  const passed = runInProcess(import.meta.filename, peer, peer.node > major ? 24 : undefined);
  shown &&= passed;
}
console.log(shown ? 'Every defect was seen.' : 'NOT every defect was seen.');
process.exitCode = shown ? 0 : 1;
