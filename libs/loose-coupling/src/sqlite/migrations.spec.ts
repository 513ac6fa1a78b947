import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseVersionError, type Migrations, openDatabase } from './index.js';

const RUN_TYPESCRIPT = resolve(__dirname, '../../../../test/support/run-typescript.cjs');

const versionOne: Migrations = { component: 'shop', steps: ['CREATE TABLE a (x)'] };
const versionTwo: Migrations = {
  component: 'shop',
  steps: [...versionOne.steps, 'CREATE TABLE b (x); CREATE TABLE c (x)'],
};

describe('migrations', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lc-migrate-'));
    file = join(folder, 'shop.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tables = () => {
    const database = openDatabase({ file });
    const rows = database
      .prepare<{ name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'lc_%' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all();
    database.close();
    return rows.map((row) => row.name);
  };

  it('applies each step once, and only the new ones to an older database', () => {
    openDatabase({ file, migrations: versionOne }).close();
    openDatabase({ file, migrations: versionOne }).close();
    expect(tables()).toEqual(['a']);
    openDatabase({ file, migrations: versionTwo }).close();
    expect(tables()).toEqual(['a', 'b', 'c']);
  });

  it('versions components of one file apart', () => {
    const stock: Migrations = { component: 'stock', steps: ['CREATE TABLE s (x)'] };
    openDatabase({ file, migrations: [versionTwo, stock] }).close();
    expect(tables()).toEqual(['a', 'b', 'c', 's']);
  });

  it('leaves the old version when a step fails', () => {
    openDatabase({ file, migrations: versionOne }).close();
    const broken: Migrations = {
      component: 'shop',
      steps: [...versionOne.steps, 'CREATE TABLE d (x); CREATE nonsense'],
    };
    expect(() => openDatabase({ file, migrations: broken })).toThrow(/syntax error/);
    expect(tables()).toEqual(['a']);
    openDatabase({ file, migrations: versionTwo }).close();
    expect(tables()).toEqual(['a', 'b', 'c']);
  });

  it('refuses a database written by a newer version', () => {
    openDatabase({ file, migrations: versionTwo }).close();
    expect(() => openDatabase({ file, migrations: versionOne })).toThrow(DatabaseVersionError);
    expect(() => openDatabase({ file, migrations: versionOne })).toThrow(/version 2 of "shop".*only up to 1/s);
  });

  it('lets processes that start at the same moment take turns', async () => {
    const script = `
      const { file, source } = JSON.parse(process.argv[1]);
      const { openDatabase } = require(source);
      const steps = Array.from({ length: 20 }, (_, i) => 'CREATE TABLE t' + i + ' (x)');
      process.stdout.write('ready');
      process.stdin.once('data', () => {
        openDatabase({ file, migrations: { component: 'shop', steps } }).close();
        process.exit(0);
      });`;
    const input = JSON.stringify({ file, source: join(__dirname, 'index.ts') });
    const children = Array.from({ length: 2 }, () =>
      spawn(process.execPath, ['--require', RUN_TYPESCRIPT, '-e', script, input], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const exits = children.map((child) => new Promise((done) => child.once('exit', done)));
    await Promise.all(children.map((child) => new Promise((ready) => child.stdout.once('data', ready))));
    for (const child of children) child.stdin.write('go');
    expect(await Promise.all(exits)).toEqual([0, 0]);
    expect(tables()).toHaveLength(20);
  });
});
