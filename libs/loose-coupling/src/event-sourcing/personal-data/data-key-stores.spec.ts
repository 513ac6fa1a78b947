import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDataKeyStoreContract } from '../testing/data-key-store.contract.js';
import { MemoryDataKeyStore } from './memory-data-key-store.js';
import { SqliteDataKeyStore } from './sqlite-data-key-store.js';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-keys-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

describeDataKeyStoreContract('memory', async () => {
  const store = new MemoryDataKeyStore();
  return { store, other: store, close: async () => undefined };
});

describeDataKeyStoreContract('two connections to an SQLite file', async () => {
  const file = join(newFolder(), 'keys.db');
  const store = new SqliteDataKeyStore({ file });
  const other = new SqliteDataKeyStore({ file });
  return {
    store,
    other,
    close: async () => {
      store.close();
      other.close();
    },
  };
});

describe('a key store on SQLite', () => {
  it('leaves no byte of a forgotten key in its file or its log', () => {
    const folder = newFolder();
    const store = new SqliteDataKeyStore({ file: join(folder, 'keys.db') });
    const bytes = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join();
    const wrapped = 'THE-WRAPPED-KEY-OF-A';
    store.add('a', { id: '1', wrappedBy: 'k', wrapped });
    store.add('b', { id: '2', wrappedBy: 'k', wrapped: 'THE-WRAPPED-KEY-OF-B' });
    expect(bytes()).toContain(wrapped);
    store.forget('a', 5);
    expect(bytes()).not.toContain(wrapped);
    expect(bytes()).toContain('THE-WRAPPED-KEY-OF-B');
    store.close();
    expect(bytes()).not.toContain(wrapped);
  });
});
