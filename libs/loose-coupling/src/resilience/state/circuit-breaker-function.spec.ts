import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitBreakerFunction } from './circuit-breaker-function.js';
import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';
import { BreakerProcess } from './testing/breaker-process.js';
import { FaultyCircuitStateStore } from './testing/faulty-circuit-state-store.js';

describe('CircuitBreakerFunction', () => {
  let clock: FakeClock;
  let shared: MemoryCircuitStateStore;
  let store: FaultyCircuitStateStore;
  let handler: CircuitBreakerFunction['handler'];

  beforeEach(() => {
    clock = new FakeClock();
    shared = new MemoryCircuitStateStore();
    store = new FaultyCircuitStateStore(shared, clock);
    ({ handler } = new CircuitBreakerFunction(store, { clock }));
  });

  const act = async (action: string, times = 1) => {
    let body: unknown;
    for (let time = 0; time < times; time += 1) {
      const answer = await handler({ action, service_name: 'inventory' });
      expect(answer.statusCode).toBe(200);
      body = JSON.parse(answer.body);
    }
    return body;
  };
  const allowed = (reason: string) => ({ allowed: true, reason });
  const refused = (reason: string) => ({ allowed: false, reason });

  it('goes through the states as the source document says, with its limits', async () => {
    expect(await act('check')).toEqual(allowed('Circuit is closed'));
    expect(await act('failure', 4)).toEqual({ message: 'Failure recorded' });
    expect(await act('check')).toEqual(allowed('Circuit is closed'));
    await act('failure');
    expect(await act('check')).toEqual(refused('Circuit is open'));
    await clock.advance(59_999);
    expect(await act('check')).toEqual(refused('Circuit is open'));
    await clock.advance(1);
    expect(await act('check')).toEqual(allowed('Circuit transitioning to half-open'));
    expect(await act('check', 3)).toEqual(allowed('Circuit is half-open, allowing test call'));
    expect(await act('check')).toEqual(refused('Circuit half-open limit exceeded'));
    expect(await act('success')).toEqual({ message: 'Success recorded' });
    expect(await act('check')).toEqual(allowed('Circuit is closed'));
  });

  it('tells when a circuit opens, and of each call that is refused', async () => {
    const opened: string[] = [];
    ({ handler } = new CircuitBreakerFunction(store, { clock, onOpen: (service) => opened.push(service) }));
    await act('failure', 4);
    await act('check');
    expect(opened).toEqual([]);
    await act('failure');
    expect(opened).toEqual(['inventory']);
    await act('check', 2);
    expect(opened).toHaveLength(3);
    await clock.advance(60_000);
    await act('check');
    await act('success');
    expect(opened).toHaveLength(3);
  });

  it('starts counting anew after a success', async () => {
    await act('failure', 4);
    await act('success');
    await act('failure', 4);
    expect(await act('check')).toEqual(allowed('Circuit is closed'));
  });

  it('opens again when a test call fails, for the whole time', async () => {
    await act('failure', 5);
    await clock.advance(60_000);
    await act('check');
    await act('failure');
    await clock.advance(59_999);
    expect(await act('check')).toEqual(refused('Circuit is open'));
  });

  it('does not stay half-open for ever when nobody reports', async () => {
    await act('failure', 5);
    await clock.advance(60_000);
    await act('check', 4);
    await clock.advance(59_999);
    expect(await act('check')).toEqual(refused('Circuit half-open limit exceeded'));
    await clock.advance(1);
    expect(await act('check')).toEqual(allowed('Circuit transitioning to half-open'));
  });

  it('loses no failure and gives no test call twice when many report at the same time', async () => {
    const at = (action: string, times: number) =>
      Promise.all(Array.from({ length: times }, () => handler({ action, service_name: 'inventory' })));
    await at('failure', 20);
    expect((await shared.read(['inventory']))[0]?.counts?.failureCount).toBe(20);
    await clock.advance(60_000);
    const answers = await at('check', 20);
    expect(answers.filter(({ body }) => (JSON.parse(body) as { allowed: boolean }).allowed)).toHaveLength(4);
  });

  it('keeps the limits that are stored with a circuit', async () => {
    await act('failure');
    const [circuit] = await shared.read(['inventory']);
    const counts = { ...circuit!.counts!, failureThreshold: 2 };
    await shared.write({ ...circuit!, generation: 2, counts }, 1);
    await act('failure');
    expect(await act('check')).toEqual(refused('Circuit is open'));
  });

  it('writes nothing when nothing changes', async () => {
    await act('check');
    await act('success');
    expect(store.writes).toEqual([]);
  });

  it.each([
    [undefined, 'service_name is required'],
    [{}, 'service_name is required'],
    [{ action: 'check', service_name: '' }, 'service_name is required'],
    [{ action: 'check', service_name: 7 }, 'service_name is required'],
    [{ service_name: 'a' }, 'Invalid action'],
    [{ action: 'toString', service_name: 'a' }, 'Invalid action'],
  ])('answers 400 to %j', async (event, error) => {
    expect(await handler(event)).toEqual({ statusCode: 400, body: JSON.stringify({ error }) });
  });

  it('answers 500 without details while the store is away, and reports why', async () => {
    const errors: unknown[] = [];
    const { handler } = new CircuitBreakerFunction(store, { onError: (error) => errors.push(error) });
    store.fault = () => ({ fails: 'refused' });
    const answer = await handler({ action: 'check', service_name: 'a' });
    expect(answer).toEqual({ statusCode: 500, body: JSON.stringify({ error: 'Internal server error' }) });
    expect(errors).toHaveLength(1);
  });

  describe('beside breakers on the same store', () => {
    it('refuses while one of them has opened the circuit, and leaves probing to its prober', async () => {
      const breaker = new BreakerProcess(shared, clock);
      await clock.advance(0);
      breaker.trip();
      await clock.advance(0);
      expect(await act('check')).toEqual(refused('Circuit is open'));
      await clock.advance(10_000);
      breaker.call('success');
      await clock.advance(0);
      expect(await act('check')).toEqual(refused('Circuit half-open limit exceeded'));
    });

    it('opens and closes the circuit for them', async () => {
      const breaker = new BreakerProcess(shared, clock);
      await clock.advance(0);
      await act('failure', 5);
      await clock.advance(1_000);
      expect(breaker.call('success')).toBe(false);
      await clock.advance(59_000);
      await act('check');
      expect(breaker.call('success')).toBe(false);
      await act('success');
      await clock.advance(1_000);
      expect(breaker.call('success')).toBe(true);
    });

    it('forgets its failures when one of them closes the circuit', async () => {
      const breaker = new BreakerProcess(shared, clock);
      await act('failure', 5);
      await clock.advance(1_000);
      breaker.machine.close(clock.monotonic());
      await clock.advance(0);
      await act('failure', 4);
      expect(await act('check')).toEqual(allowed('Circuit is closed'));
    });
  });
});
