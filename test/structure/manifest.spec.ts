import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

interface Manifest {
  readonly exports: Record<string, unknown>;
  readonly typesVersions: Record<string, Record<string, string[]>>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta: Record<string, { optional: boolean }>;
}

const LIBRARY = 'libs/loose-coupling';
const manifest = JSON.parse(readFileSync(join(ROOT, LIBRARY, 'package.json'), 'utf8')) as Manifest;
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
const folderOf = (entry: string): string => entry.replace(/^\.\/?/, '').replace(/.$/, '$&/');

/** Packages that the sources import, types included, by name. */
function importedPackages(): Set<string> {
  const sources = projectFiles(
    [`${LIBRARY}/src`],
    (path) => /\.c?ts$/.test(path) && !/\.spec\.ts$|src\/[^/]+\/[^/]+\/testing\//.test(path),
  );
  const names = sources.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const imports = text.matchAll(
      /^(?:import|export|\})[^;']*?\bfrom '([^']+)'|^import '([^']+)'|\brequire\('([^']+)'\)/gm,
    );
    return [...imports].map(([, from, effect, required]) => from ?? effect ?? required ?? '');
  });
  const packages = names
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return new Set(packages);
}

describe("the library's package.json", () => {
  it.each(entries)('gives %s as one copy of ES modules where that loads, and as CommonJS elsewhere', (entry) => {
    const esm = { types: `./esm/${folderOf(entry)}index.d.ts`, default: `./esm/${folderOf(entry)}index.js` };
    const cjs = { types: `./cjs/${folderOf(entry)}index.d.ts`, default: `./cjs/${folderOf(entry)}index.js` };
    // The order is part of it: the first condition that holds is taken.
    expect(JSON.stringify(manifest.exports[entry])).toBe(
      JSON.stringify({ 'module-sync': esm, import: esm, default: cjs }),
    );
    expect(existsSync(join(ROOT, LIBRARY, 'src', folderOf(entry), 'index.ts'))).toBe(true);
  });

  it('tells tools that know no exports where the types of each subpath are', () => {
    const subpaths = entries.filter((entry) => entry !== '.').map((entry) => entry.slice(2));
    expect(manifest.typesVersions['*']).toEqual(
      Object.fromEntries(subpaths.map((subpath) => [subpath, [`./cjs/${subpath}/index.d.ts`]])),
    );
  });

  it('declares every package that the sources import, and no other', () => {
    expect([...importedPackages()].toSorted()).toEqual(
      [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].toSorted(),
    );
  });

  it('offers as optional only peers it lists', () => {
    expect(Object.keys(manifest.peerDependencies)).toEqual(
      expect.arrayContaining(Object.keys(manifest.peerDependenciesMeta)),
    );
  });
});
