/**
 * Bundles the circuit breaker function that `loose-coupling implement` deploys, into one file of CommonJS. The AWS SDK is left out:
 * Lambda's Node runtimes have it. In the repository the bundle is made for the tests, at the place where the library looks for it.
 *
 *   node scripts/bundle-function.mjs
 */
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const library = join(dirname(dirname(fileURLToPath(import.meta.url))), 'libs/loose-coupling');

/** @param {string} folder the package's root */
export async function bundleFunction(folder = library) {
  const outfile = join(folder, 'lambda/circuit-breaker.js');
  // In place at once: another process may be reading it.
  const making = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [join(library, 'src/aws/lambda/circuit-breaker.function.ts')],
    outfile: making,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@aws-sdk/*'],
    logLevel: 'warning',
  });
  await rename(making, outfile);
  return outfile;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundleFunction();
