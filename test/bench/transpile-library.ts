import { type Options, transformFileSync } from '@swc/core';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LIBRARY = join(__dirname, '../../libs/loose-coupling');
type Transform = Record<string, readonly [string, Options]>;
const { transform } = jest.requireActual<{ transform: Transform }>('../../jest.config.cjs');
const settings = transform['^.+\\.c?ts$']?.[1];

/** Writes the library to `folder` as a package of ES modules: what `npm run build:lib` makes, unchecked and in a second. */
export function transpileLibrary(folder: string): void {
  const sources = join(LIBRARY, 'src');
  for (const path of sourceFiles(sources)) {
    const type = path.endsWith('.cts') ? 'commonjs' : 'es6';
    const target = join(folder, 'esm', relative(sources, path).replace(/\.(c?)ts$/, '.$1js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformFileSync(path, { ...settings, module: { type } }).code);
  }
  writeFileSync(join(folder, 'esm/package.json'), JSON.stringify({ type: 'module' }));
  cpSync(join(LIBRARY, 'package.json'), join(folder, 'package.json'));
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /(?<!\.spec)\.c?ts$/.test(entry.name) ? [path] : [];
  });
}
