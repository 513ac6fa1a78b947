import fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { KeyedMachines, OVERFLOW_KEY } from './keyed-machines.js';
import type { Disposability, MachineKind } from './machine-kind.js';
import { PlainEntry } from './slot-entry.js';

// The long form of the property test.
jest.setTimeout(120_000);

/** A machine that says of itself whether it may go. */
interface Toy {
  readonly id: number;
  disposable: Disposability;
}

class ToyKind implements MachineKind<Toy, string> {
  made = 0;
  readonly forgottenKeys: (string | undefined)[] = [];
  private looked = 0;

  create(_settings: string, key: string | undefined): PlainEntry<Toy> {
    return new PlainEntry(key, { id: this.made++, disposable: 'now' });
  }

  reconfigure(_machine: Toy, settings: string): boolean {
    return settings !== 'another kind';
  }

  disposable(machine: Toy): Disposability {
    this.looked++;
    return machine.disposable;
  }

  forgotten(entry: PlainEntry<Toy>): void {
    this.forgottenKeys.push(entry.key);
  }

  looksOf(work: () => void): number {
    this.looked = 0;
    work();
    return this.looked;
  }
}

function setUp(maxKeys: number, keyTtl = 1_000) {
  const kind = new ToyKind();
  const clock = new FakeClock();
  const machines = new KeyedMachines<Toy, string, PlainEntry<Toy>>(kind, 'settings', { maxKeys, keyTtl }, clock);
  return { kind, clock, machines, use: (key: string) => machines.entry(key).machine };
}

describe('machines by key', () => {
  it('keeps one machine for each key', () => {
    const { use } = setUp(10);
    const ofA = use('a');
    expect(use('b')).not.toBe(ofA);
    expect(use('a')).toBe(ofA);
  });

  it('takes names that objects have for keys like any other', () => {
    const { use, machines } = setUp(10);
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''];
    const made = keys.map(use);
    expect(new Set(made).size).toBe(keys.length);
    expect(keys.map(use)).toEqual(made);
    expect(machines.size).toBe(keys.length);
  });

  it('makes room by dropping the key that was not used for longest', () => {
    const { use, machines, kind } = setUp(3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) use(key);
    expect(kind.forgottenKeys).toEqual(['b']);
    expect([...machines.entries()].map(({ key }) => key).sort()).toEqual(['a', 'c', 'd']);
  });

  it('drops no machine that must stay, however many keys come', () => {
    const { use } = setUp(5);
    const pinned = use('pinned');
    pinned.disposable = 'never';
    for (let key = 0; key < 1_000; key++) use(`key-${key}`);
    expect(use('pinned')).toBe(pinned);
  });

  it('lets further keys share one machine while all must stay, so that memory is bounded', () => {
    const { use, machines } = setUp(3);
    for (const key of ['a', 'b', 'c']) use(key).disposable = 'never';
    const shared = use('d');
    expect(use('e')).toBe(shared);
    for (let key = 0; key < 100; key++) use(`key-${key}`);
    expect([...machines.entries()]).toHaveLength(4);
    expect(machines.peek(OVERFLOW_KEY)?.machine).toBe(shared);
  });

  it('gives a key its own machine again as soon as there is room', () => {
    const { use } = setUp(1);
    const first = use('a');
    first.disposable = 'never';
    const shared = use('b');
    first.disposable = 'now';
    expect(use('b')).not.toBe(shared);
  });

  it('drops what is of the past only when it was unused for long and room is needed', async () => {
    const { use, clock, kind } = setUp(1);
    use('open-once').disposable = 'once-unused';
    use('b');
    expect(kind.forgottenKeys).toEqual([]);
    await clock.advance(1_001);
    use('b');
    expect(kind.forgottenKeys).toEqual(['open-once']);
  });

  it('starts a key anew that was not used for long, unless its machine must stay', async () => {
    const { use, clock } = setUp(10);
    const idle = use('idle');
    const busy = use('busy');
    busy.disposable = 'never';
    await clock.advance(1_001);
    expect(use('idle')).not.toBe(idle);
    expect(use('busy')).toBe(busy);
  });

  it('keeps a key that is used again and again', async () => {
    const { use, clock } = setUp(10);
    const first = use('a');
    for (let turn = 0; turn < 5; turn++) {
      await clock.advance(900);
      expect(use('a')).toBe(first);
    }
  });

  it('clears away what a busy day left behind as new keys come, without a timer', async () => {
    const { use, clock, machines } = setUp(1_000);
    for (let key = 0; key < 100; key++) use(`old-${key}`);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(1_001);
    for (let key = 0; key < 60; key++) use(`new-${key}`);
    expect(machines.size).toBe(60);
  });

  it('does not search all keys for room with every call', () => {
    const { use, kind } = setUp(1_000);
    for (let key = 0; key < 1_000; key++) use(`key-${key}`).disposable = 'never';
    expect(kind.looksOf(() => use('one more'))).toBeLessThan(50);
  });

  it('replaces machines that cannot take new settings, and keeps those that can', () => {
    const { use, machines, kind } = setUp(10);
    const before = use('a');
    machines.reconfigure('others', { maxKeys: 10, keyTtl: 1_000 });
    expect(use('a')).toBe(before);
    machines.reconfigure('another kind', { maxKeys: 10, keyTtl: 1_000 });
    expect(use('a')).not.toBe(before);
    expect(kind.forgottenKeys).toEqual(['a']);
  });

  it('shrinks when fewer keys are allowed', () => {
    const { use, machines } = setUp(10);
    for (let key = 0; key < 10; key++) use(`key-${key}`);
    machines.reconfigure('settings', { maxKeys: 4, keyTtl: 1_000 });
    expect(machines.size).toBe(4);
  });

  it('never drops what must stay and never holds more than it may, whatever happens', async () => {
    const key = fc.integer({ min: 0, max: 15 }).map(String);
    const state = fc.constantFrom<Disposability>('now', 'once-unused', 'never');
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('use' as const), key }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('become' as const), key, state }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_500 }) }) },
    );
    const maxKeys = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(maxKeys, fc.array(step, { maxLength: 120 }), async (most, steps) => {
        const { use, clock, machines } = setUp(most);
        const usedAt = new Map<Toy, number>();
        for (const one of steps) {
          const before = new Map([...machines.entries()].map((entry) => [entry.key, entry.machine]));
          if (one.do === 'wait') await clock.advance(one.ms);
          else if (one.do === 'become') {
            const machine = machines.peek(one.key)?.machine;
            if (machine) machine.disposable = one.state;
          } else usedAt.set(use(one.key), clock.monotonic());
          expect(machines.size).toBeLessThanOrEqual(most);
          for (const [name, machine] of before) {
            if ([...machines.entries()].some((entry) => entry.machine === machine && entry.key === name)) continue;
            const unusedFor = clock.monotonic() - (usedAt.get(machine) ?? 0);
            expect(machine.disposable === 'now' || (machine.disposable === 'once-unused' && unusedFor > 1_000)).toBe(
              true,
            );
          }
        }
      }),
      { seed: 42, numRuns: process.env['SOAK'] ? 20_000 : 60 },
    );
  });
});
