import { ShutdownListener } from './shutdown-listener.js';
import { ShutdownSignal } from './shutdown-signal.js';

class Listener extends ShutdownListener {
  constructor(readonly onShutdown: (reason: Error) => void) {
    super();
  }
}

describe('ShutdownSignal', () => {
  it('tells every listener once, also when one throws', () => {
    const shutdown = new ShutdownSignal();
    const reason = new Error('closing');
    const told: unknown[] = [];
    const throwing = new Listener(() => {
      throw new Error('listener');
    });
    shutdown.add(throwing);
    shutdown.add(new Listener((why) => told.push(why)));
    expect(() => shutdown.shutDown(reason)).toThrow(AggregateError);
    shutdown.shutDown(new Error('again'));
    expect(told).toEqual([reason]);
    expect([shutdown.reason, shutdown.size]).toEqual([reason, 0]);
  });

  it.each([0, 1, 2])('forgets who no longer waits: number %i of three', (index) => {
    const shutdown = new ShutdownSignal();
    const told: number[] = [];
    const listeners = [0, 1, 2].map((number) => new Listener(() => told.push(number)));
    for (const listener of listeners) shutdown.add(listener);
    for (const listener of listeners.slice(index, index + 1)) {
      shutdown.delete(listener);
      shutdown.delete(listener);
    }
    expect(shutdown.size).toBe(2);
    shutdown.shutDown(new Error('closing'));
    expect(told).toEqual([0, 1, 2].filter((number) => number !== index));
  });

  it('holds a listener once, and again after it has left', () => {
    const shutdown = new ShutdownSignal();
    const told = jest.fn();
    const listener = new Listener(told);
    shutdown.add(listener);
    shutdown.add(listener);
    shutdown.delete(listener);
    expect(shutdown.size).toBe(0);
    shutdown.add(listener);
    shutdown.shutDown(new Error('closing'));
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('does not tell one that another makes leave', () => {
    const shutdown = new ShutdownSignal();
    const told = jest.fn();
    const other = new Listener(told);
    shutdown.add(new Listener(() => shutdown.delete(other)));
    shutdown.add(other);
    shutdown.shutDown(new Error('closing'));
    expect(told).not.toHaveBeenCalled();
  });
});
