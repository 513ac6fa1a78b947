import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitBreaker } from '../core/breaker/circuit-breaker.js';
import { resolveCircuitBreakerSettings } from '../core/breaker/circuit-breaker.settings.js';
import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';
import { BreakerProcess, SETTINGS } from './testing/breaker-process.js';
import { openCircuit } from './testing/circuit-state-store.contract.js';

const REFRESH = 1_000;

describe('CircuitCoordinator', () => {
  let clock: FakeClock;
  let shared: MemoryCircuitStateStore;

  beforeEach(() => {
    clock = new FakeClock();
    shared = new MemoryCircuitStateStore();
  });

  const start = (options: ConstructorParameters<typeof BreakerProcess>[2] = {}) =>
    new BreakerProcess(shared, clock, options);
  const stored = async () => (await shared.read(['inventory']))[0];

  /** Two processes that have looked at the store once. */
  async function two(): Promise<[BreakerProcess, BreakerProcess]> {
    const pair: [BreakerProcess, BreakerProcess] = [start(), start()];
    await clock.advance(0);
    return pair;
  }

  /** Two processes, both open, with the open duration just over. */
  async function twoThatMayProbe() {
    const [one, other] = await two();
    one.trip();
    await clock.advance(SETTINGS.openDuration as number);
    expect([one.state, other.state]).toEqual(['open', 'open']);
    return [one, other] as const;
  }

  describe('a circuit that opens in one process', () => {
    it('is open in the others one refresh later, for the time that is left', async () => {
      const [one, other] = await two();
      one.trip();
      expect(other.call('success')).toBe(true);
      await clock.advance(REFRESH);
      expect(other.call('success')).toBe(false);
      expect(other.machine.retryAfterMs(clock.monotonic())).toBe(9_000);
      expect(other.transitions).toMatchObject([{ to: 'open', reason: 'shared-state' }]);
    });

    it('is open at once in a process that starts later', async () => {
      const [one] = await two();
      one.trip();
      await clock.advance(2_000);
      const late = start();
      await clock.advance(0);
      expect(late.call('success')).toBe(false);
    });

    it('is written once, by whoever was first, and never written back by who adopts it', async () => {
      const [one, other] = await two();
      one.trip();
      other.trip();
      await clock.advance(3 * REFRESH);
      expect(await stored()).toMatchObject({ state: 'open', generation: 1, timesOpened: 1 });
      expect(one.store.writes.length + other.store.writes.length).toBe(2);
      expect([one.state, other.state]).toEqual(['open', 'open']);
    });

    it('stays open no longer than maxOpenDuration where the clock of the writer was wrong', async () => {
      await shared.write(openCircuit('inventory', 1, clock.now() + 86_400_000), 0);
      const one = start({ breaker: { maxOpenDuration: 20_000 } });
      await clock.advance(0);
      expect(one.machine.retryAfterMs(clock.monotonic())).toBe(20_000);
    });
  });

  describe('probing', () => {
    it('needs the lease: the call that asks for it is refused, those after it probe', async () => {
      const [one] = await twoThatMayProbe();
      expect(one.call('success')).toBe(false);
      await clock.advance(0);
      expect(await stored()).toMatchObject({ state: 'half-open', probe: { owner: one.coordinator.owner } });
      expect(one.call('success')).toBe(true);
      expect(one.state).toBe('half-open');
    });

    it('is up to one process at a time, and the others close when its probes have succeeded', async () => {
      const [one, other] = await twoThatMayProbe();
      one.call('success');
      other.call('success');
      await clock.advance(0);
      expect(one.call('success')).toBe(true);
      expect(other.call('success')).toBe(false);
      expect(one.call('success')).toBe(true);
      expect(one.state).toBe('closed');
      await clock.advance(REFRESH);
      expect(other.call('success')).toBe(true);
      expect(await stored()).toMatchObject({ state: 'closed', timesOpened: 0 });
    });

    it('opens the circuit everywhere again when it fails, and counts on', async () => {
      const [one, other] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      one.call('failure');
      await clock.advance(REFRESH);
      expect(await stored()).toMatchObject({ state: 'open', timesOpened: 2 });
      expect(other.machine.retryAfterMs(clock.monotonic())).toBe(9_000);
    });

    it('goes to another when its holder was killed, after the lease', async () => {
      const [one, other] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      one.store.fault = () => ({ fails: 'refused' });
      await clock.advance(9_000);
      other.call('success');
      await clock.advance(0);
      expect(other.call('success')).toBe(false);
      await clock.advance(3_000);
      expect(other.call('success')).toBe(true);
    });

    it('keeps the lease for as long as its probes run', async () => {
      const [one, other] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      expect(one.call('success')).toBe(true);
      for (let second = 0; second < 30; second += 1) {
        await clock.advance(1_000);
        expect(other.call('success')).toBe(false);
        if (second % 4 === 3) one.end(one.begin(), 'failure');
        if (one.state === 'open') break;
      }
      expect(one.transitions.at(-1)?.reason).toBe('probes-failed');
    });

    it('goes to who has calls, when its holder has none, and comes back for a rare call', async () => {
      const [one, other] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      expect(other.call('success')).toBe(false);
      await clock.advance(12_000);
      expect(other.call('success')).toBe(true);
      expect(one.state).toBe('open');
    });

    it('is possible for a process that calls once a minute', async () => {
      const [one] = await twoThatMayProbe();
      const answers = [];
      for (let minute = 0; minute < 6; minute += 1) {
        answers.push(one.call('success'));
        await clock.advance(57_000);
      }
      expect(answers.filter(Boolean).length).toBeGreaterThanOrEqual(4);
    });

    it('is not joined by a process that starts meanwhile', async () => {
      const [one] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      one.begin();
      const late = start();
      await clock.advance(0);
      expect(late.call('success')).toBe(false);
      expect(late.transitions).toMatchObject([{ to: 'open', reason: 'shared-state' }]);
    });

    it('ends, and is told, when nobody answers', async () => {
      const [one] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      one.begin();
      await clock.advance(6_000);
      expect(one.transitions.at(-1)?.reason).toBe('half-open-max-wait');
      expect(await stored()).toMatchObject({ state: 'open', timesOpened: 2 });
    });

    it('is left to others by a circuit that was set by hand meanwhile', async () => {
      const [one] = await twoThatMayProbe();
      one.store.fault = () => ({ after: 100 });
      one.call('success');
      await clock.advance(0);
      one.machine.forceOpen(clock.monotonic());
      await clock.advance(200);
      expect(await stored()).toMatchObject({ state: 'open', openUntil: clock.now() - 100 });
      expect((await stored())?.probe).toBeUndefined();
    });

    it('gives the lease back on close', async () => {
      const [one, other] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      await one.coordinator.close();
      expect(await stored()).toMatchObject({ state: 'open', openUntil: clock.now() });
      expect((await stored())?.probe).toBeUndefined();
      await clock.advance(REFRESH);
      other.call('success');
      await clock.advance(0);
      expect(other.call('success')).toBe(true);
    });
  });

  describe('while the store is away', () => {
    const away = (...processes: BreakerProcess[]) =>
      processes.forEach(({ store }) => (store.fault = () => ({ fails: 'refused' })));
    const back = (...processes: BreakerProcess[]) => processes.forEach(({ store }) => (store.fault = () => ({})));

    it('decides alone, and says once that it is away and once that it is back', async () => {
      const [one] = await two();
      away(one);
      one.trip();
      await clock.advance(SETTINGS.openDuration as number);
      expect(one.call('success')).toBe(true);
      expect(one.call('success')).toBe(true);
      expect(one.state).toBe('closed');
      expect(one.events).toMatchObject([{ type: 'shared-state', reachable: false }]);
      back(one);
      await clock.advance(10_000);
      expect(one.events).toMatchObject([{ reachable: false }, { reachable: true }]);
    });

    it('counts a store that is slow as away', async () => {
      const [one] = await two();
      one.store.fault = () => ({ before: 60_000 });
      await clock.advance(REFRESH + 499);
      expect(one.events).toEqual([]);
      await clock.advance(1);
      expect(one.events).toMatchObject([{ reachable: false, error: { code: 'LC_CIRCUIT_STORE' } }]);
    });

    it('asks less and less often', async () => {
      const [one] = await two();
      away(one);
      await clock.advance(10_000);
      const { reads } = one.store;
      one.trip();
      await clock.advance(100_000);
      expect(one.store.reads - reads).toBeLessThan(20);
    });

    it('tells afterwards that it opened', async () => {
      const [one, other] = await two();
      away(one);
      await clock.advance(REFRESH);
      one.trip();
      back(one);
      await clock.advance(2_500);
      expect(other.state).toBe('open');
    });

    it('takes over afterwards what others have decided', async () => {
      const [one, other] = await two();
      away(one);
      await clock.advance(REFRESH);
      other.trip();
      await clock.advance(REFRESH);
      expect(one.call('success')).toBe(true);
      back(one);
      await clock.advance(4_000);
      expect(one.call('success')).toBe(false);
    });

    it('probes with a lease again as soon as it is back', async () => {
      const [one, other] = await twoThatMayProbe();
      away(one);
      await clock.advance(REFRESH);
      expect(one.call('success')).toBe(true);
      expect(one.state).toBe('half-open');
      other.call('success');
      await clock.advance(0);
      expect(other.call('success')).toBe(true);
      back(one);
      await clock.advance(4_000);
      expect([one.state, other.state]).toEqual(['open', 'half-open']);
    });

    it('ends a trial without a lease when it is back, although nobody else probes', async () => {
      const [one] = await twoThatMayProbe();
      away(one);
      await clock.advance(REFRESH);
      one.call('success');
      expect(one.state).toBe('half-open');
      back(one);
      await clock.advance(4_000);
      expect(one.state).toBe('open');
      one.call('success');
      await clock.advance(0);
      expect(one.call('success')).toBe(true);
    });

    it('tells a store that came back empty that the circuit is open', async () => {
      const [one] = await two();
      one.trip();
      await clock.advance(REFRESH);
      const empty = new MemoryCircuitStateStore();
      Object.assign(one.store, { store: empty });
      await clock.advance(2 * REFRESH);
      expect(await empty.read(['inventory'])).toMatchObject([
        { state: 'open', openUntil: (await stored())?.openUntil },
      ]);
    });
  });

  describe('a write whose reply is lost', () => {
    it('is recognised when the circuit has opened', async () => {
      const [one, other] = await two();
      one.store.fault = (operation) => (operation === 'write' ? { fails: 'lost' } : {});
      one.trip();
      await clock.advance(0);
      one.store.fault = () => ({});
      await clock.advance(3_000);
      expect(one.store.writes).toHaveLength(1);
      expect(one.transitions).toHaveLength(1);
      expect([one.state, other.state]).toEqual(['open', 'open']);
    });

    it('does not open the circuit again that has closed since', async () => {
      const [one] = await two();
      one.store.fault = (operation) => (operation === 'write' ? { before: 5_000 } : {});
      one.trip();
      await clock.advance(0);
      one.machine.close(clock.monotonic());
      await clock.advance(1_000);
      one.store.fault = () => ({});
      await clock.advance(10_000);
      expect(one.state).toBe('closed');
      expect(await stored()).toMatchObject({ state: 'closed' });
    });
  });

  describe('costs', () => {
    it('nothing while breakers are idle, and goes on with the next call', async () => {
      const [one, other] = await two();
      await clock.advance(60_000);
      const { reads } = one.store;
      await clock.advance(60_000);
      expect(one.store.reads).toBe(reads);
      other.trip();
      await clock.advance(0);
      one.call('success');
      await clock.advance(REFRESH);
      expect(one.call('success')).toBe(false);
    });

    it('one read for all circuits, and one timer', async () => {
      const one = start();
      for (let index = 0; index < 50; index += 1) {
        const settings = resolveCircuitBreakerSettings();
        const machine = new CircuitBreaker(settings);
        const circuit = { name: `c${index}`, key: undefined, named: true, machine, settings, observer: undefined };
        one.coordinator.attach(circuit);
      }
      expect(clock.pendingTimers).toBe(1);
      await clock.advance(0);
      expect(one.store.reads).toBe(1);
      expect(clock.pendingTimers).toBe(1);
    });

    it('no timer for circuits that are not shared: with a key, without a name, or not among the policies', async () => {
      start({ circuit: { key: 'tenant-1' } });
      start({ circuit: { named: false } });
      start({ policies: ['payments'] });
      expect(clock.pendingTimers).toBe(0);
    });
  });

  describe('by hand', () => {
    it('a forced-open circuit stays as it is, and shares nothing', async () => {
      const [one, other] = await two();
      one.machine.forceOpen(clock.monotonic());
      other.trip();
      await clock.advance(REFRESH);
      expect(one.state).toBe('forced-open');
      expect(one.store.writes).toEqual([]);
    });

    it('a circuit that is closed is closed everywhere', async () => {
      const [one, other] = await two();
      one.trip();
      await clock.advance(REFRESH);
      other.machine.close(clock.monotonic());
      await clock.advance(REFRESH);
      expect([one.state, other.state]).toEqual(['closed', 'closed']);
    });
  });

  describe('close', () => {
    it('leaves no timer, closes the store and lets breakers decide alone', async () => {
      const [one, other] = await two();
      one.trip();
      await one.coordinator.close();
      await other.coordinator.close();
      expect(clock.pendingTimers).toBe(0);
      expect(one.store.closed).toBe(true);
      await clock.advance(SETTINGS.openDuration as number);
      expect(one.call('success')).toBe(true);
    });

    it('waits no longer than storeTimeout for a store that does not answer', async () => {
      const [one] = await twoThatMayProbe();
      one.call('success');
      await clock.advance(0);
      one.store.fault = () => ({ before: 60_000 });
      let closed = false;
      void one.coordinator.close().then(() => (closed = true));
      await clock.advance(500);
      expect(closed).toBe(true);
    });
  });
});
