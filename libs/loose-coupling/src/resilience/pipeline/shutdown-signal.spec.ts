import { ShutdownSignal } from './shutdown-signal.js';

describe('ShutdownSignal', () => {
  it('tells every listener once, also when one throws', () => {
    const shutdown = new ShutdownSignal();
    const reason = new Error('closing');
    const told: unknown[] = [];
    shutdown.add(() => {
      throw new Error('listener');
    });
    shutdown.add((why) => told.push(why));
    expect(() => shutdown.shutDown(reason)).toThrow(AggregateError);
    shutdown.shutDown(new Error('again'));
    expect(told).toEqual([reason]);
    expect([shutdown.reason, shutdown.size]).toEqual([reason, 0]);
  });

  it('forgets who no longer waits', () => {
    const shutdown = new ShutdownSignal();
    const listener = jest.fn();
    shutdown.add(listener);
    shutdown.delete(listener);
    shutdown.shutDown(new Error('closing'));
    expect(listener).not.toHaveBeenCalled();
  });
});
