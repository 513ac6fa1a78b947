import fc from 'fast-check';
import type { EventEnvelope } from '../core/event-store.js';
import { EventType } from '../event-types/event-type.decorator.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import { EventUpcasters } from './event-upcasters.js';
import type { UpcasterFunction } from './upcaster.js';
import { defineUpcaster } from './upcaster.decorator.js';

const stored = (type: string, schemaVersion: number, data: unknown): EventEnvelope => ({
  id: '0192f0c1-2b3d-7c4e-8f50-112233445566',
  streamName: 'order-1',
  version: 7,
  position: 70,
  type,
  schemaVersion,
  data,
  metadata: { tenantId: 't1' },
  recordedAt: 1,
});

/** With a class for each of the names. */
function upcasters(steps: readonly UpcasterFunction[], known: readonly (readonly [string, number])[]): EventUpcasters {
  const types = new EventTypeRegistry();
  types.registerEvents(
    'the test',
    known.map(([name, version]) => {
      class Known {}
      EventType(name, { version })(Known);
      return Known;
    }),
  );
  const all = new EventUpcasters(types);
  for (const upcaster of steps) all.register(upcaster.step, upcaster, `upcaster of ${upcaster.step.type}`);
  return all;
}

describe('EventUpcasters', () => {
  it('hands out what no upcaster takes as it is, at once', () => {
    const event = stored('order.noted', 1, {});
    expect(upcasters([], []).upcast(event)).toEqual([event]);
  });

  it('brings an event through all its versions and another name, without a promise when none is needed', () => {
    const all = upcasters(
      [
        defineUpcaster('order.placed', { from: 1, to: 2 }, ({ data }) => ({ data: { ...data, currency: 'EUR' } })),
        defineUpcaster<{ total: number }>(
          'order.placed',
          { from: 2, to: { type: 'order.submitted', version: 1 } },
          ({ data: { total, ...rest }, metadata }) => ({
            data: { ...rest, cents: total * 100 },
            metadata: { ...metadata, upcast: true },
          }),
        ),
      ],
      [['order.submitted', 1]],
    );
    expect(all.upcast(stored('order.placed', 1, { total: 4 }))).toEqual([
      {
        ...stored('order.submitted', 1, { currency: 'EUR', cents: 400 }),
        metadata: { tenantId: 't1', upcast: true },
      },
    ]);
  });

  it('splits an event into several, each with an id that is its own and always the same', () => {
    const split = defineUpcaster<{ lines: string[] }>(
      'order.placed',
      {
        from: 1,
        to: [
          { type: 'order.opened', version: 1 },
          { type: 'line.added', version: 1 },
        ],
      },
      ({ data }) => [
        { type: 'order.opened', data: {} },
        ...data.lines.map((line) => ({ type: 'line.added', data: { line } })),
      ],
    );
    const all = upcasters(
      [split],
      [
        ['order.opened', 1],
        ['line.added', 1],
      ],
    );
    const event = stored('order.placed', 1, { lines: ['a', 'b'] });
    const parts = all.upcast(event) as readonly EventEnvelope[];
    expect(parts.map(({ type, data }) => [type, data])).toEqual([
      ['order.opened', {}],
      ['line.added', { line: 'a' }],
      ['line.added', { line: 'b' }],
    ]);
    expect(parts.every(({ version, position }) => version === 7 && position === 70)).toBe(true);
    const ids = parts.map(({ id }) => id);
    expect(ids[0]).toBe(event.id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((all.upcast(event) as readonly EventEnvelope[]).map(({ id }) => id)).toEqual(ids);
  });

  it('drops what an upcaster gives nothing for', () => {
    const all = upcasters(
      [
        defineUpcaster<{ test?: boolean }>('a', { from: 1, to: 2 }, ({ data }) => (data.test ? null : { data })),
        defineUpcaster('b', { from: 1, to: [] }, () => []),
      ],
      [['a', 2]],
    );
    expect(all.upcast(stored('a', 1, { test: true }))).toEqual([]);
    expect(all.upcast(stored('a', 1, {}))).toEqual([stored('a', 2, {})]);
    expect(all.upcast(stored('b', 1, {}))).toEqual([]);
  });

  it('says which upcaster failed, on which event, and why', async () => {
    const broken = new Error('no such currency');
    const sync = upcasters(
      [
        defineUpcaster('a', { from: 1, to: 2 }, () => {
          throw broken;
        }),
      ],
      [['a', 2]],
    );
    const failure = { code: 'LC_UPCAST_FAILED', streamName: 'order-1', version: 7, cause: broken };
    expect(() => sync.upcast(stored('a', 1, {}))).toThrow(expect.objectContaining(failure));
    const async = upcasters([defineUpcaster('a', { from: 1, to: 2 }, () => Promise.reject(broken))], [['a', 2]]);
    await expect(async.upcast(stored('a', 1, {}))).rejects.toMatchObject(failure);
  });

  it.each([
    ['another type', { type: 'c', data: {} }, /gave back c, announced is b@1, b@2/],
    ['one of two, without saying which', { type: 'b', data: {} }, /announced is b@1, b@2/],
    ['no data', {}, /without `data`/],
  ])('refuses what was not announced: %s', (_, part, message) => {
    const targets = [
      { type: 'b', version: 1 },
      { type: 'b', version: 2 },
    ];
    const all = upcasters(
      [defineUpcaster('a', { from: 1, to: targets }, () => part as never)],
      [
        ['b', 1],
        ['b', 2],
      ],
    );
    expect(() => all.upcast(stored('a', 1, {}))).toThrow(message);
  });

  it('checks the chain again when something was registered after the start', () => {
    const all = upcasters([], []);
    all.onModuleInit();
    const late = defineUpcaster('a', { from: 1, to: 2 }, () => null);
    all.register(late.step, late, 'Late');
    expect(() => all.upcast(stored('a', 1, {}))).toThrow(/Late makes a@2/);
  });

  it('gives the events of a chain in order, whichever steps split, drop or wait', async () => {
    const steps = fc.array(fc.record({ copies: fc.integer({ min: 0, max: 3 }), waits: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (chain) => {
        const chained = chain.map(({ copies, waits }, index) =>
          defineUpcaster<{ path: string }>('e', { from: index + 1, to: index + 2 }, ({ data }) => {
            const made = Array.from({ length: copies }, (_, copy) => ({ data: { path: `${data.path}${copy}` } }));
            return waits ? Promise.resolve(made) : made;
          }),
        );
        const all = upcasters(chained, [['e', chain.length + 1]]);
        const events = await all.upcast(stored('e', 1, { path: '' }));
        const expected = chain.reduce<string[]>(
          (paths, { copies }) => paths.flatMap((path) => Array.from({ length: copies }, (_, copy) => `${path}${copy}`)),
          [''],
        );
        expect(events.map(({ data }) => (data as { path: string }).path)).toEqual(expected);
        expect(new Set(events.map(({ id }) => id)).size).toBe(expected.length);
      }),
    );
  });
});
