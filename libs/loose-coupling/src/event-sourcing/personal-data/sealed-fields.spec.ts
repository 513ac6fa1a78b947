import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { newProtection } from '../testing/personal-data.contract.js';
import { DataKeys } from './data-keys.js';
import { ForgottenData } from './forgotten-data.js';
import { LocalKeyEncryption } from './local-key-encryption.js';
import { MemoryDataKeyStore } from './memory-data-key-store.js';
import { openFields, readParts, sealFields, type SealedPart } from './sealed-fields.js';
import { valueAt } from './field-paths.js';

const RUNS = { seed: 42, numRuns: process.env['SOAK'] ? 20_000 : 300 };
const place = { tenant: undefined, name: ['stream', 'type', 'id'] };
const rules = [
  { subject: 'a', fields: ['x', 'deep.y', 'deep.deeper.z'] },
  { subject: 'b', fields: ['deep.w'] },
];

/** Keys that could reach a prototype are refused before. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const fields = fc.record(
  {
    x: json,
    open: json,
    deep: fc.oneof(
      json,
      fc.record({ y: json, w: json, deeper: fc.record({ z: json }, { requiredKeys: [] }) }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
);
const data = fields.map((given) => ({ ...given, a: 'person a', b: 'person b' }));

const newKeys = () => newProtection(new FakeClock()).keys;
const open = async (keys: DataKeys, sealed: { data: unknown; parts: readonly SealedPart[] }, at = place) => {
  const a = await keys.forOpening({ subject: 'person a' }).catch(() => ({ forgotten: true }) as const);
  const b = await keys.forOpening({ subject: 'person b' }).catch(() => ({ forgotten: true }) as const);
  return openFields(sealed, at, (subject) => (subject === 'person a' ? a : b));
};

describe('sealed fields', () => {
  it('come back as they were, whatever they hold, and are nowhere in what is stored', async () => {
    const keys = newKeys();
    await fc.assert(
      fc.asyncProperty(data, async (given) => {
        const sealed = await sealFields(keys, place, given, rules);
        for (const path of rules.flatMap((rule) => rule.fields)) expect(valueAt(sealed.data, path)).toBeUndefined();
        const stored = JSON.parse(JSON.stringify(sealed)) as typeof sealed;
        expect(await open(keys, stored)).toEqual(given);
      }),
      RUNS,
    );
  });

  it('are forgotten each with its own subject', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (given) => {
        const keys = newKeys();
        const sealed = await sealFields(keys, place, given, rules);
        await keys.forget({ subject: 'person a' });
        const opened = await open(keys, sealed);
        for (const path of ['x', 'deep.y', 'deep.deeper.z']) {
          const was = valueAt(given, path);
          expect(valueAt(opened, path)).toEqual(was === undefined ? undefined : new ForgottenData('person a', path));
        }
        expect(valueAt(opened, 'deep.w')).toEqual(valueAt(given, 'deep.w'));
        expect(valueAt(opened, 'open')).toEqual(valueAt(given, 'open'));
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 3 },
    );
  });

  it('open nowhere else, and not after any change', async () => {
    const keys = newKeys();
    const given = { a: 'person a', b: 'person b', x: 1, deep: { y: 2, w: 3 } };
    const sealed = await sealFields(keys, place, given, rules);
    const refused = { code: 'LC_TAMPERED_DATA' };
    const places = [
      { tenant: 'acme', name: place.name },
      { tenant: undefined, name: ['other', 'type', 'id'] },
      { tenant: undefined, name: ['stream', 'other', 'id'] },
      { tenant: undefined, name: ['stream', 'type', 'other'] },
      { tenant: undefined, name: ['streamtype', 'id'] },
    ];
    for (const elsewhere of places)
      await expect(open(keys, sealed, elsewhere as typeof place)).rejects.toMatchObject(refused);
    const [first, second] = sealed.parts as [SealedPart, SealedPart];
    const [subject, keyId, paths, text] = first;
    const flips = Array.from(Buffer.from(text, 'base64'), (_, at) => {
      const bytes = Buffer.from(text, 'base64');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return [subject, keyId, paths, bytes.toString('base64')] as const;
    });
    const changed: SealedPart[] = [
      ...flips,
      [subject, keyId, paths, ''],
      [subject, keyId, paths, text.slice(0, 12)],
      [subject, keyId, paths.toReversed(), text],
      [subject, keyId, paths.slice(1), text],
      [subject, 'another key', paths, text],
      ['person b', keyId, paths, text],
      ['person b', second[1], paths, text],
      [subject, keyId, paths, second[3]],
    ];
    for (const part of changed) {
      await expect(open(keys, { data: sealed.data, parts: [part, second] })).rejects.toMatchObject(refused);
    }
    expect(await open(keys, sealed)).toEqual(given);
  });

  it('are refused when they have another form', () => {
    for (const value of [
      null,
      {},
      'x',
      [[]],
      [['a', 'k', 'x', 's']],
      [['a', 'k', ['__proto__.x'], 's']],
      [['a', 1, ['x'], 's']],
    ]) {
      expect(() => readParts(value, place)).toThrow('was changed');
    }
  });
});

describe('keys', () => {
  const secret = Buffer.alloc(32, 'K').toString('base64');
  const next = Buffer.alloc(32, 'N').toString('base64');
  const keysWith = (store: MemoryDataKeyStore, ...secrets: string[]) =>
    new DataKeys({ store, encryption: new LocalKeyEncryption(secrets), clock: new FakeClock() });

  it('are wrapped anew, and then do without the former key-encryption key', async () => {
    const store = new MemoryDataKeyStore();
    const before = await keysWith(store, secret).forSealing({ subject: 'a' });
    await expect(keysWith(store, next).forOpening({ subject: 'a' })).rejects.toMatchObject({
      code: 'LC_DATA_KEY_UNAVAILABLE',
    });
    const both = keysWith(store, next, secret);
    expect(await both.rewrap('a')).toBe(true);
    expect(await both.rewrap('a')).toBe(false);
    const after = await keysWith(store, next).forOpening({ subject: 'a' });
    expect(after.key?.export()).toEqual(before.key.export());
  });

  it('cannot be given to another subject', async () => {
    const store = new MemoryDataKeyStore();
    await keysWith(store, secret).forSealing({ subject: 'a' });
    const stolen = store.get('a')?.key;
    if (!stolen) throw new Error('a key was stored');
    store.add('b', stolen);
    await expect(keysWith(store, secret).forOpening({ subject: 'b' })).rejects.toMatchObject({
      code: 'LC_DATA_KEY_UNAVAILABLE',
    });
  });

  it('are asked for again after a while, so that what others forgot is forgotten here', async () => {
    const clock = new FakeClock();
    const store = new MemoryDataKeyStore();
    const encryption = new LocalKeyEncryption(secret);
    const here = new DataKeys({ store, encryption, clock, cacheFor: 1000 });
    const there = new DataKeys({ store, encryption, clock });
    await here.forSealing({ subject: 'a' });
    await there.forget({ subject: 'a' });
    await clock.advance(999);
    expect((await here.forOpening({ subject: 'a' })).forgotten).toBeUndefined();
    await clock.advance(1);
    expect((await here.forOpening({ subject: 'a' })).forgotten).toBe(true);
  });

  it.each(['get', 'add'] as const)('are away, and not lost, when the store does not answer to %s', async (call) => {
    const away = new Error('throttled');
    for (const fail of [
      () => Promise.reject(away),
      jest.fn().mockImplementation(() => {
        throw away;
      }),
    ]) {
      const store = Object.assign(new MemoryDataKeyStore(), { [call]: fail });
      const asked = keysWith(store, secret).forSealing({ subject: 'a' });
      await expect(asked).rejects.toMatchObject({ code: 'LC_DATA_KEY_UNAVAILABLE', lasting: false, cause: away });
    }
  });

  it('show their bytes to no log', async () => {
    const store = new MemoryDataKeyStore();
    const keys = keysWith(store, secret);
    const { key } = await keys.forSealing({ subject: 'a' });
    const shown =
      inspect(keys, { depth: 10, showHidden: true }) + inspect(key, { showHidden: true }) + JSON.stringify(key);
    for (const bytes of [key.export(), Buffer.alloc(32, 'K')]) {
      for (const form of ['hex', 'base64', 'latin1'] as const) expect(shown).not.toContain(bytes.toString(form));
    }
  });
});
