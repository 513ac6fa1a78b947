import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClosedError } from '../kernel/index.js';
import {
  DatabaseBusyError,
  isUniqueViolation,
  NestedTransactionError,
  openDatabase,
  type SqliteDatabase,
  type SqliteValue,
} from './index.js';

describe('SqliteDatabase', () => {
  let folder: string;
  let database: SqliteDatabase;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lc-sqlite-'));
    database = openDatabase({ file: join(folder, 'deep', 'er', 'data.db') });
    database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE)');
  });

  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  const names = () => database.prepare<{ name: string }>('SELECT name FROM item ORDER BY id').all();
  const insert = (name: SqliteValue) => database.prepare('INSERT INTO item (name) VALUES (?)').run(name);

  it('gives rows as arrays where that is asked for', () => {
    const database = openDatabase({ file: ':memory:' });
    database.exec("CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'one'), (2, NULL)");
    const statement = database.prepareTuples<[b: string | null, a: number]>(
      'SELECT b, a FROM t WHERE a >= ? ORDER BY a',
    );
    expect(statement.all(1)).toEqual([
      ['one', 1],
      [null, 2],
    ]);
    expect(statement.get(2)).toEqual([null, 2]);
    expect(statement.get(3)).toBeUndefined();
    expect(database.prepare('SELECT a FROM t').get()).toMatchObject({ a: 1 });
    database.close();
  });

  it('opens in WAL mode with foreign keys checked and commits that outlive the process', () => {
    const pragma = (name: string) => Object.values(database.prepare<object>(`PRAGMA ${name}`).get() ?? {})[0];
    expect([pragma('journal_mode'), pragma('foreign_keys'), pragma('synchronous'), pragma('busy_timeout')]).toEqual([
      'wal',
      1,
      1,
      5000,
    ]);
    const full = openDatabase({ file: database.file, synchronous: 'full', busyTimeout: 7 });
    expect(full.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
    expect(full.prepare('PRAGMA busy_timeout').get()).toMatchObject({ timeout: 7 });
    full.close();
  });

  it('gives back text, numbers, bigints and null as they were', () => {
    const echo = database.prepare<{ value: unknown }>('SELECT ? AS value');
    for (const value of ['', 'grüße 🚚', 0, -1.5, Number.MAX_SAFE_INTEGER, null]) {
      expect(echo.get(value)?.value).toBe(value);
      expect(echo.all(value)).toEqual([{ value }]);
    }
    expect(echo.get(12n)?.value).toBe(12);
  });

  it.each([
    ['boolean', true],
    ['Buffer', Buffer.from('x')],
    ['plain object', { a: 1 }],
    ['array', [1]],
    ['undefined', undefined],
    ['Date', new Date(0)],
    ['symbol', Symbol('x')],
    ['function', () => 1],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['text with NUL', 'a\0b'],
  ])('refuses a %s with a TypeError instead of losing it or dying', (_, value) => {
    const unchecked = value as SqliteValue;
    const statement = database.prepare('SELECT ? AS value');
    expect(() => statement.get(unchecked)).toThrow(TypeError);
    expect(() => statement.all('fine', unchecked)).toThrow(/Parameter 2/);
    expect(() => database.prepare('INSERT INTO item (name) VALUES (?)').run(unchecked)).toThrow(TypeError);
  });

  it('returns every row of a long result, also when its length is a multiple of the driver buffer', () => {
    const rows = database.prepare<{ value: number }>(
      'WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n) SELECT value FROM n LIMIT ?',
    );
    for (const count of [0, 1, 99, 100, 101, 200]) {
      expect(rows.all(count).map((row) => row.value)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    }
  });

  it('binds anew whichever way the statement ran before, also after a failure', () => {
    const add = database.prepare<{ name: string }>('INSERT INTO item (name) VALUES (?) RETURNING name');
    expect(add.all('a')).toEqual([{ name: 'a' }]);
    expect(add.get('b')?.name).toBe('b');
    expect(add.all('c')).toEqual([{ name: 'c' }]);
    expect(() => add.get('a')).toThrow(/UNIQUE/);
    expect(add.get('d')?.name).toBe('d');
    expect(() => add.all('a')).toThrow(/UNIQUE/);
    expect(add.get('e')?.name).toBe('e');
    expect(names().map((row) => row.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('sees new commits of others after reading only the first of many rows', () => {
    const other = openDatabase({ file: database.file });
    for (const name of ['a', 'b', 'c']) other.prepare('INSERT INTO item (name) VALUES (?)').run(name);
    expect(database.prepare('SELECT name FROM item ORDER BY id').get()).toMatchObject({ name: 'a' });
    other.exec("INSERT INTO item (name) VALUES ('d')");
    expect(names()).toHaveLength(4);
    other.close();
  });

  it('refuses to run a statement that returns rows, which would stay open', () => {
    expect(() => database.prepare('SELECT 1').run()).toThrow(TypeError);
    expect(() => database.prepare('INSERT INTO item (name) VALUES (?) RETURNING id').run('a')).toThrow(/all\(\)/);
    expect(names()).toEqual([]);
  });

  it('commits what a transaction did and returns its result', () => {
    expect(database.transaction(() => insert('a').changes)).toBe(1);
    expect(names()).toEqual([{ name: 'a' }]);
  });

  it('undoes everything when a transaction throws', () => {
    const failure = new Error('no');
    expect(() =>
      database.transaction(() => {
        insert('a');
        throw failure;
      }),
    ).toThrow(failure);
    expect(names()).toEqual([]);
    expect(database.inTransaction).toBe(false);
  });

  it('refuses a transaction inside a transaction and undoes the outer one', () => {
    const nested = () =>
      database.transaction(() => {
        insert('a');
        database.transaction(() => insert('b'));
      });
    expect(nested).toThrow(NestedTransactionError);
    expect(names()).toEqual([]);
  });

  it('refuses asynchronous work, which would end after the commit', () => {
    expect(() => database.transaction(async () => void insert('a'))).toThrow(TypeError);
    expect(names()).toEqual([]);
  });

  it('recognises unique violations', () => {
    insert('a');
    const caught = (work: () => unknown): unknown => {
      try {
        work();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(isUniqueViolation(caught(() => insert('a')))).toBe(true);
    expect(isUniqueViolation(caught(() => database.exec('INSERT INTO item (id) VALUES (1)')))).toBe(true);
    expect(isUniqueViolation(caught(() => database.exec('SELECT nothing')))).toBe(false);
    expect(isUniqueViolation(undefined)).toBe(false);
  });

  it('says that the database is busy when another connection holds the lock too long', () => {
    const other = openDatabase({ file: database.file, busyTimeout: 0 });
    database.transaction(() => {
      expect(() => other.transaction(() => undefined)).toThrow(DatabaseBusyError);
      expect(() => other.exec("INSERT INTO item (name) VALUES ('b')")).toThrow(DatabaseBusyError);
    });
    other.transaction(() => undefined);
    other.close();
  });

  it('shows one connection what another committed', () => {
    const other = openDatabase({ file: database.file });
    insert('a');
    expect(other.prepare('SELECT name FROM item').all()).toEqual([{ name: 'a' }]);
    other.close();
  });

  it('fails clearly after close, and closes again without complaint', () => {
    const statement = database.prepare('SELECT 1');
    database.close();
    database.close();
    expect(database.open).toBe(false);
    expect(() => statement.get()).toThrow(ClosedError);
    expect(() => database.prepare('SELECT 1')).toThrow(ClosedError);
    expect(() => database.transaction(() => undefined)).toThrow(ClosedError);
  });
});
