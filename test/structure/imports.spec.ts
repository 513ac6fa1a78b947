import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const SRC = 'libs/loose-coupling/src';

interface Violation {
  readonly rule: string;
  readonly from: string;
}

/** Files of a small workspace that keeps every rule. */
const CLEAN = {
  [`${SRC}/index.ts`]: `export * from './loose-coupling.module.js';`,
  [`${SRC}/loose-coupling.module.ts`]: `export * from './messaging/bus/bus.js'; export * from './event-sourcing/runtime.js';`,
  [`${SRC}/kernel/index.ts`]: `export const kernel = 1;`,
  [`${SRC}/kernel/clock.ts`]: `export const clock = 1;`,
  [`${SRC}/messaging/index.ts`]: `export * from './bus/bus.js';`,
  [`${SRC}/messaging/bus/bus.ts`]: `import { kernel } from '../../kernel/index.js'; export const bus = kernel;`,
  [`${SRC}/messaging/core/port.ts`]: `export interface Port { readonly name: string }`,
  [`${SRC}/event-sourcing/index.ts`]: `export * from './runtime.js'; export * from './aggregate/root.js';`,
  [`${SRC}/event-sourcing/runtime.ts`]: `import { bus } from '../messaging/index.js'; export const store = bus;`,
  [`${SRC}/event-sourcing/aggregate/root.ts`]: `import { AggregateRoot } from '@nestjs/cqrs'; export { AggregateRoot };`,
  'libs/shop-contracts/src/index.ts': `export const contract = 1;`,
  'apps/order/src/main.ts': `import { bus } from 'nestjs-loose-coupling/messaging'; import { contract } from '@shop/contracts'; export default [bus, contract];`,
  'apps/inventory/src/main.ts': `export const main = 1;`,
};

/** What each rule forbids: in a file of this folder, this code. */
const FORBIDDEN: readonly (readonly [rule: string, folder: string, code: string])[] = [
  ['no-cycle', `${SRC}/messaging`, `export * from './way-back.js';`],
  ['kernel-imports', `${SRC}/kernel`, `export * from '../messaging/index.js';`],
  ['messaging-imports', `${SRC}/messaging`, `export * from '../event-sourcing/runtime.js';`],
  ['messaging-imports', `${SRC}/messaging`, `import type { Fake } from '../testing/fake.js'; export type A = Fake;`],
  ['through-the-index', `${SRC}/messaging`, `export * from '../kernel/clock.js';`],
  ['root-without-cqrs', SRC, `export * from './event-sourcing/index.js';`],
  ['root-without-cqrs', SRC, `export * from './event-sourcing/aggregate/root.js';`],
  ['root-without-cqrs', `${SRC}/testing`, `export * from '../event-sourcing/index.js';`],
  ['no-own-index', `${SRC}/messaging`, `export * from './index.js';`],
  ['no-nest-in-core', `${SRC}/messaging/core`, `export { Injectable } from '@nestjs/common';`],
  ['no-nest-in-core', `${SRC}/kernel`, `import type { Type } from '@nestjs/common'; export type A = Type;`],
  ['cqrs-only-in-aggregates', `${SRC}/event-sourcing`, `export { EventBus } from '@nestjs/cqrs';`],
  ['aws-only-under-aws', `${SRC}/messaging`, `export { SQSClient } from '@aws-sdk/client-sqs';`],
  ['library-knows-no-shop', `${SRC}/messaging`, `export * from '../../../shop-contracts/src/index.js';`],
  ['apps-through-the-package', 'apps/order/src', `export * from '../../../${SRC}/messaging/bus/bus.js';`],
  ['apps-do-not-share', 'apps/order/src', `export * from '../../inventory/src/main.js';`],
  ['shop-knows-no-app', 'libs/shop-contracts/src', `export * from '../../../apps/order/src/main.js';`],
  ['not-resolved', `${SRC}/messaging`, `export * from './nothing.js';`],
];

describe('the structure check', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'loose-coupling-structure-'));
  let clean: Violation[];
  let broken: Violation[];

  beforeAll(async () => {
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(join(ROOT, file), join(workspace, file));
    symlinkSync(join(ROOT, 'node_modules'), join(workspace, 'node_modules'), 'junction');
    for (const [file, code] of Object.entries(CLEAN)) write(file, code);
    clean = await check();
    FORBIDDEN.forEach(([, folder, code], index) => write(`${folder}/forbidden-${index}.ts`, code));
    write(`${SRC}/messaging/way-back.ts`, `import type { A } from './forbidden-0.js'; export type B = A;`);
    write(`${SRC}/testing/fake.ts`, `export interface Fake { readonly name: string }`);
    broken = await check();
  }, 60_000);

  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  it('finds nothing where nothing is wrong', () => {
    expect(clean).toEqual([]);
  });

  it.each(FORBIDDEN.map((forbidden, index) => [...forbidden, index] as const))(
    'reports %s: in %s, %s',
    (rule, folder, _code, index) => {
      expect(broken).toContainEqual({ rule, from: `${folder}/forbidden-${index}.ts` });
    },
  );

  function write(file: string, code: string): void {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), code);
  }

  function check(): Promise<Violation[]> {
    const bin = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [bin, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs', 'apps'];
    return new Promise((resolve, reject) => {
      execFile(process.execPath, args, { cwd: workspace, maxBuffer: 1e8 }, (_error, stdout, stderr) => {
        if (!stdout) return reject(new Error(stderr));
        const { summary } = JSON.parse(stdout) as {
          summary: { violations: { from: string; rule: { name: string } }[] };
        };
        resolve(summary.violations.map(({ from, rule }) => ({ rule: rule.name, from })));
      });
    });
  }
});
