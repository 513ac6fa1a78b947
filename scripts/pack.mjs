/**
 * Builds the library as CommonJS and as ES modules, assembles dist/package, and packs it into
 * dist/nestjs-loose-coupling-<version>.tgz. Everything is built in a folder of its own and moved into place at the end, so a
 * build that fails leaves the last good package alone.
 *
 *   node scripts/pack.mjs [--no-tarball]
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunction } from './bundle-function.mjs';

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const library = join(root, 'libs/loose-coupling');
const dist = join(root, 'dist');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

const SCHEMA = 'loose-coupling-config.schema.json';

const builds = [
  { folder: 'cjs', type: 'commonjs', config: 'tsconfig.lib.json' },
  { folder: 'esm', type: 'module', config: 'tsconfig.esm.json' },
];

async function compile(staging, manifest, { folder, type, config }) {
  const outDir = join(staging, folder);
  await run(process.execPath, [tsc, '-p', join(library, config), '--outDir', outDir], { cwd: root });
  // Bundlers read `sideEffects` from the nearest package.json, which is this one.
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify({ type, sideEffects: manifest.sideEffects })}\n`);
}

async function assemble(staging, manifest) {
  const compiled = await Promise.allSettled(builds.map((build) => compile(staging, manifest, build)));
  const failed = compiled.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  await bundleFunction(staging);
  await cp(join(library, 'package.json'), join(staging, 'package.json'));
  await cp(join(library, SCHEMA), join(staging, SCHEMA));
  await cp(join(root, 'README.md'), join(staging, 'README.md'));
  await cp(join(root, 'LICENSE'), join(staging, 'LICENSE'));
}

async function pack(manifest) {
  const { stdout } = await run(npm, ['pack', '--json', '--pack-destination', dist], { cwd: join(dist, 'package') });
  const [{ filename, entryCount, unpackedSize }] = JSON.parse(stdout);
  const expected = `${manifest.name}-${manifest.version}.tgz`;
  if (filename !== expected) throw new Error(`npm pack wrote ${filename}; expected ${expected}`);
  const tarball = join(dist, filename);
  const kib = (bytes) => `${Math.round(bytes / 1024)} KiB`;
  const { size } = await stat(tarball);
  console.log(`${relative(root, tarball)}  ${kib(size)} packed, ${kib(unpackedSize)} unpacked, ${entryCount} files`);
}

const manifest = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
await mkdir(dist, { recursive: true });
const staging = await mkdtemp(join(dist, '.package-'));
try {
  await assemble(staging, manifest);
  await rm(join(dist, 'package'), { recursive: true, force: true });
  // Temporary folders are for their owner alone.
  await chmod(staging, 0o755);
  await rename(staging, join(dist, 'package'));
  if (!process.argv.includes('--no-tarball')) await pack(manifest);
} catch (error) {
  // tsc reports on stdout.
  console.error([error.stdout, error.stderr].filter(Boolean).join('\n') || error);
  process.exitCode = 1;
} finally {
  await rm(staging, { recursive: true, force: true });
}
