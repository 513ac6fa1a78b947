import { EventHub } from './event-hub.js';
import type { ResilienceEvent } from './resilience-event.js';

describe('EventHub', () => {
  const event: ResilienceEvent = { type: 'reloaded', policy: 'p', at: 0 };

  it('knows whether anybody listens', () => {
    const hub = new EventHub();
    expect(hub.hasListeners).toBe(false);
    const stop = hub.on(() => undefined);
    expect(hub.hasListeners).toBe(true);
    stop();
    expect(hub.hasListeners).toBe(false);
  });

  it('tells every listener, reports a listener that fails once, and keeps its error from the call', async () => {
    const reported: unknown[] = [];
    const seen: ResilienceEvent[] = [];
    const hub = new EventHub((error) => reported.push(error));
    hub.on(() => {
      throw new Error('sync');
    });
    hub.on((() => Promise.reject(new Error('async'))) as () => void);
    hub.on((heard) => seen.push(heard));
    hub.emit(event);
    hub.emit(event);
    await Promise.resolve();
    expect(seen).toEqual([event, event]);
    expect(reported).toEqual([new Error('sync'), new Error('async')]);
  });

  it('survives a report that fails', () => {
    const hub = new EventHub(() => {
      throw new Error('logger');
    });
    hub.on(() => {
      throw new Error('listener');
    });
    expect(() => hub.emit(event)).not.toThrow();
  });
});
