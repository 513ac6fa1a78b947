import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/project-files.js';
import { runCommand, type CommandResult } from '../support/run-command.js';

const TSC = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
const INSTALL_MS = 180_000;
const RUN_MS = 30_000;

export type ModuleSystem = 'cjs' | 'esm';

/** A Nest application of a user: its own folder, outside the repository, with what npm installs. */
export class FreshApp {
  readonly folder = mkdtempSync(join(tmpdir(), 'loose-coupling-app-'));

  constructor(nest: number) {
    this.writeJson('package.json', {
      name: 'app',
      private: true,
      dependencies: {
        '@nestjs/common': `^${nest}.0.0`,
        '@nestjs/core': `^${nest}.0.0`,
        '@nestjs/platform-express': `^${nest}.0.0`,
        'reflect-metadata': '^0.2.2',
        rxjs: '^7.8.1',
      },
      devDependencies: { '@types/node': '^20.19.0' },
    });
  }

  /** `npm install` as a user types it: without flags that would hide a conflict. */
  async install(...packages: string[]): Promise<string> {
    const install = (cache: string) => {
      const args = ['install', ...packages, cache, '--no-audit', '--no-fund', '--loglevel', 'warn'];
      return runCommand('npm', args, this.folder, INSTALL_MS);
    };
    const cached = await install('--prefer-offline');
    // What the cache knows of one package may be older than what it knows of another.
    const { code, output } = cached.output.includes('ETARGET') ? await install('--prefer-online') : cached;
    if (code !== 0) throw new Error(`npm install ${packages.join(' ')} ended with ${code}\n${output}`);
    return output;
  }

  /** Compiles `sources` (name → code) and the files of `folders` of apps; resolves to tsc's errors. */
  async compile(
    system: ModuleSystem,
    sources: Record<string, string>,
    module: 'nodenext' | 'node16',
    folders: readonly string[] = ['common', system],
  ): Promise<string[]> {
    this.writeJson(`${system}/package.json`, { type: system === 'esm' ? 'module' : 'commonjs' });
    this.writeJson(`${system}/tsconfig.json`, {
      compilerOptions: {
        target: 'es2022',
        module,
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        types: ['node'],
        skipLibCheck: false,
        rootDir: 'src',
        outDir: 'dist',
      },
      include: ['src'],
    });
    const src = join(this.folder, system, 'src');
    for (const apps of folders) cpSync(join(__dirname, 'apps', apps), src, { recursive: true });
    for (const [name, code] of Object.entries(sources)) writeFileSync(join(src, name), code);
    const { output } = await runCommand(
      process.execPath,
      [TSC, '-p', '.', '--pretty', 'false'],
      join(this.folder, system),
      RUN_MS * 2,
    );
    return output.split('\n').filter((line) => /error TS\d+/.test(line));
  }

  /** Runs a compiled file until its process ends by itself. */
  run(system: ModuleSystem, file: string, ...args: string[]): Promise<CommandResult> {
    return runCommand(process.execPath, [`${system}/dist/${file}`, ...args], this.folder, RUN_MS);
  }

  evaluate(system: ModuleSystem, code: string): Promise<CommandResult> {
    const type = system === 'esm' ? 'module' : 'commonjs';
    return runCommand(process.execPath, [`--input-type=${type}`, '--eval', code], this.folder, RUN_MS);
  }

  /** Runs a command of an installed package. */
  command(name: string, ...args: string[]): Promise<CommandResult> {
    return runCommand('npm', ['exec', '--offline', '--', name, ...args], this.folder, RUN_MS);
  }

  /** Runs a compiled test of the CommonJS application with Jest, without settings, as a new Nest application has it. */
  jest(test: string): Promise<CommandResult> {
    const config = JSON.stringify({ rootDir: join(this.folder, 'cjs'), testMatch: [`**/${test}`] });
    return runCommand(process.execPath, [JEST, '--config', config], this.folder, RUN_MS);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private writeJson(path: string, content: object): void {
    const file = join(this.folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, JSON.stringify(content, null, 2));
  }
}
