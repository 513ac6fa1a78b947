import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseOpenError, openDatabase, resolveDataFile } from './index.js';

describe('openDatabase', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lc-open-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps databases in memory apart', () => {
    const [one, two] = [openDatabase({ file: ':memory:' }), openDatabase({ file: ':memory:' })];
    one.exec('CREATE TABLE only_here (x)');
    expect(() => two.exec('SELECT * FROM only_here')).toThrow(/no such table/);
    one.close();
    two.close();
  });

  it('says which file is not a database', () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'These are not the bytes of a database, but there are enough of them to tell.'.repeat(20));
    expect(() => openDatabase({ file })).toThrow(DatabaseOpenError);
  });

  it('says which path cannot be opened', () => {
    writeFileSync(join(folder, 'plain'), '');
    expect(() => openDatabase({ file: join(folder, 'plain', 'x.db') })).toThrow(DatabaseOpenError);
    expect(() => openDatabase({ file: folder })).toThrow(DatabaseOpenError);
  });
});

describe('resolveDataFile', () => {
  const before = process.env['LOOSE_COUPLING_DATA_DIR'];
  afterEach(() => {
    if (before === undefined) delete process.env['LOOSE_COUPLING_DATA_DIR'];
    else process.env['LOOSE_COUPLING_DATA_DIR'] = before;
  });

  it('puts relative names into the data directory and leaves other names alone', () => {
    delete process.env['LOOSE_COUPLING_DATA_DIR'];
    expect(resolveDataFile('broker.db')).toBe(resolve('.loose-coupling/broker.db'));
    process.env['LOOSE_COUPLING_DATA_DIR'] = '/var/lib/shop';
    expect(resolveDataFile('broker.db')).toBe('/var/lib/shop/broker.db');
    expect(resolveDataFile('/data/broker.db')).toBe('/data/broker.db');
    expect(resolveDataFile(':memory:')).toBe(':memory:');
  });
});
