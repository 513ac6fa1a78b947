import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../support/project-files.js';

const { exports } = JSON.parse(readFileSync(join(ROOT, 'libs/loose-coupling/package.json'), 'utf8')) as {
  exports: Record<string, unknown>;
};
const ENTRIES = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => entry.replace(/^\.\/?/, ''));

const source = (entry: string): string => join(ROOT, 'libs/loose-coupling/src', entry, 'index.ts');

/** What an entry exports: sorted names, and `type` before those that leave nothing at run time. */
function exportedNames(program: ts.Program, entry: string): string {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(source(entry));
  const symbol = file && checker.getSymbolAtLocation(file);
  if (!symbol) throw new Error(`${source(entry)} is no module`);
  return checker
    .getExportsOfModule(symbol)
    .map((exported) => {
      const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const typeOnly =
        !(target.flags & ts.SymbolFlags.Value) ||
        exported.declarations?.some((declaration) => ts.isTypeOnlyExportDeclaration(declaration));
      return typeOnly ? `${exported.name} (type)` : exported.name;
    })
    .toSorted()
    .map((line) => `${line}\n`)
    .join('');
}

describe('the public API', () => {
  let program: ts.Program;

  beforeAll(() => {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile) as { config: object };
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
    program = ts.createProgram(ENTRIES.map(source), { ...options, types: ['node'] });
  }, 60_000);

  // A difference is a change for users: say so in CHANGELOG.md, and accept it with UPDATE_PUBLIC_API=1 npm test -- public-api
  it.each(ENTRIES)('of nestjs-loose-coupling/%s is what test/structure/public-api says', (entry) => {
    const names = exportedNames(program, entry);
    const snapshot = join(__dirname, 'public-api', `${entry || 'index'}.txt`);
    if (process.env['UPDATE_PUBLIC_API']) writeFileSync(snapshot, names);
    expect(names).toBe(readFileSync(snapshot, 'utf8'));
  });
});
