import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/project-files.js';
import { runCommand } from '../support/run-command.js';
import { findSnippet } from '../snippets/snippets.js';
import { describeOnEmulator } from '../support/aws-emulator/index.js';
import { FreshApp, type ModuleSystem } from './fresh-app.js';
import { registryAnswers } from './registry.js';

const { version } = JSON.parse(readFileSync(join(ROOT, 'libs/loose-coupling/package.json'), 'utf8')) as {
  version: string;
};
const TARBALL = join(ROOT, `dist/nestjs-loose-coupling-${version}.tgz`);

const VARIANTS: readonly (readonly [ModuleSystem, string, string])[] = [
  ['cjs', 'quick-start.js', 'reserving for 10248'],
  ['cjs', 'shop-app.js', 'order 10248 was handled'],
  ['cjs', 'both-ways.js', 'order 10248 was handled'],
  ['cjs', 'message-data.js', 'data was checked'],
  ['cjs', 'guarded-routes.js', '10 routes are guarded'],
  ['esm', 'quick-start.js', 'reserving for 10248'],
  ['esm', 'shop-app.js', 'order 10248 was handled'],
  ['esm', 'library-first.mjs', 'order 10248 was handled'],
  ['esm', 'concurrent.mjs', 'order 10248 was handled'],
  ['esm', 'both-ways.mjs', 'order 10248 was handled'],
  ['esm', 'message-data.js', 'data was checked'],
  ['esm', 'guarded-routes.js', '10 routes are guarded'],
];

const reachable = registryAnswers();
if (!reachable) {
  if (process.env['CI'] === 'true') throw new Error('The npm registry does not answer; CI must install the package');
  console.warn('SKIPPED: the package is not installed into fresh applications; the npm registry does not answer');
}
const describeInstalled = reachable ? describe : describe.skip;

/** What the README tells a user to type, with the tarball in place of the published package. */
function readmePackages(): string[] {
  const line = /^npm i (nestjs-loose-coupling[^#\n]*)/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1];
  if (!line) throw new Error('README.md has no line that begins with: npm i nestjs-loose-coupling');
  return line
    .trim()
    .split(/\s+/)
    .map((name) => (name === 'nestjs-loose-coupling' ? TARBALL : name));
}

describeInstalled('the package', () => {
  const apps = new Map<number, FreshApp>();

  beforeAll(async () => {
    const { code, output } = await runCommand(process.execPath, ['scripts/pack.mjs'], ROOT, 120_000);
    if (code !== 0) throw new Error(`scripts/pack.mjs ended with ${code}\n${output}`);
  }, 120_000);

  afterAll(() => apps.forEach((app) => app.remove()));

  describe.each([11, 12])('in a Nest %i application', (nest) => {
    let app: FreshApp;

    beforeAll(async () => {
      app = new FreshApp(nest);
      apps.set(nest, app);
      await app.install();
    }, 180_000);

    it('is installed as the README says, without a conflict of peers', async () => {
      const output = await app.install(...readmePackages());
      expect(output).not.toMatch(/ERESOLVE|peer/i);
    }, 180_000);

    it.each(['cjs', 'esm'] as const)(
      'loads without @nestjs/cqrs (%s)',
      async (system) => {
        const entries = ['nestjs-loose-coupling', 'nestjs-loose-coupling/messaging', 'nestjs-loose-coupling/testing'];
        const code =
          system === 'cjs'
            ? `${entries.map((entry) => `require('${entry}')`).join(';')}; console.log('loaded')`
            : `${entries.map((entry) => `import '${entry}'`).join(';')}; console.log('loaded')`;
        expect(await app.evaluate(system, code)).toEqual({ code: 0, output: expect.stringMatching(/^loaded$/m) });
      },
      60_000,
    );

    it('takes the optional packages of the same Nest', async () => {
      const output = await app.install(`@nestjs/cqrs@${nest}`, 'class-validator', 'class-transformer');
      expect(output).not.toMatch(/ERESOLVE|peer/i);
    }, 180_000);

    it.each(['cjs', 'esm'] as const)(
      'has types that compile (%s)',
      async (system) => {
        // node16 takes the CommonJS declarations, nodenext those of `module-sync`. Nest 12 is ESM, which node16 cannot require.
        const module = nest === 11 && system === 'cjs' ? 'node16' : 'nodenext';
        const errors = await app.compile(system, { 'quick-start.ts': findSnippet('quick-start').code }, module);
        // Others' declarations may have errors of their own: that they are checked is for ours.
        expect(errors.filter((error) => !/^(\.\.\/)+node_modules\/(?!nestjs-loose-coupling\/)/.test(error))).toEqual(
          [],
        );
      },
      120_000,
    );

    it('brings its command', async () => {
      const { code, output } = await app.command('loose-coupling', '--help');
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('redrive') });
    }, 60_000);

    // Jest cannot load Nest 12 itself without a flag of Node: it is ESM.
    if (nest === 11) {
      it("works in the tests of an application, under Jest's own module loader", async () => {
        const { code, output } = await app.jest('dist/stock-reactions.spec.js');
        expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('1 passed, 1 total') });
      }, 60_000);
    }

    it.each(VARIANTS)(
      'runs (%s %s) and its process ends by itself',
      async (system, file, expected) => {
        const { code, output } = await app.run(system, file);
        expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(expected) });
        // Node 22.12 says of every ES module that is required that this is experimental.
        expect(output).not.toMatch(/(?<!Experimental)Warning/);
      },
      60_000,
    );

    describeOnEmulator('with what docs/transports.md tells to install', (aws) => {
      beforeAll(async () => {
        const packages = ['@aws-sdk/client-sqs', '@aws-sdk/client-sns', '@aws-sdk/client-dynamodb'];
        await app.install(`@nestjs/microservices@${nest}`, ...packages);
      }, 180_000);

      it.each(['cjs', 'esm'] as const)(
        'runs on AWS (%s) and its process ends by itself',
        async (system) => {
          const module = nest === 11 && system === 'cjs' ? 'node16' : 'nodenext';
          const errors = await app.compile(system, {}, module, ['aws']);
          expect(errors.filter((error) => !/^(\.\.\/)+node_modules\/(?!nestjs-loose-coupling\/)/.test(error))).toEqual(
            [],
          );
          const { code, output } = await app.run(system, 'on-aws.js', aws().endpoint);
          expect({ code, output }).toEqual({
            code: 0,
            output: expect.stringContaining('handled, stored and answered on AWS'),
          });
        },
        120_000,
      );
    });
  });
});
