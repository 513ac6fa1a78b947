/**
 * `npm run peers:event-sourcing`: makes the peers' defects happen, on the versions in bench/package.json, which it installs first.
 * See docs/event-sourcing-peers.md.
 *
 * DynamoDB is the endpoint of AWS_ENDPOINT_URL, or an emulator. Ends with exit code 0 when every defect was seen.
 */
import { closeEmulator, emulator } from '../../harness/emulator.mjs';
import { ensurePeers } from '../../harness/prepare.mjs';

ensurePeers();
const { access, endpoint } = await emulator();
console.log(`DynamoDB at ${endpoint}, Node ${process.versions.node}`);
let shown = true;
for (const library of ['nestjs-cqrs', 'castore', 'equinox-js', 'ocoda']) {
  const { version, defects } = await import(`./${library}.mjs`);
  console.log(`\n${library} ${version}`);
  for (const { id, title, run } of defects) {
    const { defective, seen } = await run({ access }).catch((error) => ({
      defective: false,
      seen: `the scenario itself failed: ${error.stack}`,
    }));
    shown &&= defective;
    console.log(`  ${defective ? 'seen    ' : 'NOT SEEN'} ${id.padEnd(16)} ${title}\n${' '.repeat(28)}${seen}`);
  }
}
await closeEmulator();
console.log(shown ? '\nEvery defect was seen.' : '\nNOT every defect was seen.');
process.exit(shown ? 0 : 1);
