import { FakeClock } from '../../testing/fake-clock.js';
import { describeEventStoreContract } from '../testing/event-store.contract.js';
import { MemoryEventStore } from './memory-event-store.js';

describeEventStoreContract('memory', async () => {
  const clock = new FakeClock();
  const store = new MemoryEventStore({ clock });
  return {
    store,
    other: store,
    outbox: store.outbox,
    inbox: store.inbox,
    processes: store.processes,
    checkpoints: store.checkpoints,
    clock,
    snapshots: store.snapshots,
    advance: (ms) => clock.advance(ms),
    close: () => store.close(),
  };
});

describe('MemoryEventStore', () => {
  it('hands out frozen events, as its readers share them', async () => {
    const store = new MemoryEventStore();
    await store.appendToStream('a-1', [{ type: 'x', data: { lines: [{ quantity: 1 }] } }]);
    for await (const event of store.readStream('a-1')) {
      const { lines } = event.data as { lines: { quantity: number }[] };
      expect(() => lines.push({ quantity: 2 })).toThrow(TypeError);
      expect(() => Object.assign(event, { version: 7 })).toThrow(TypeError);
    }
  });
});
