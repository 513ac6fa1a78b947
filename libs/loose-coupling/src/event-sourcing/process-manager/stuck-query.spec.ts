import { InvalidOptionsError } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { OutgoingMessageFactory } from '../outbox/outgoing-message.factory.js';
import { ProcessManagers } from './process-managers.js';
import type { StuckQuery } from './stuck-query.js';

describe('a question for what is stuck', () => {
  it.each([
    [{ openFor: Number.NaN, idleFor: -1, overdueFor: '5' }, ['openFor', 'idleFor', 'overdueFor']],
    [{ waitingFor: 5, limit: 0 }, ['waitingFor', 'limit']],
    [{ ovedueFor: 1 }, ['ovedueFor']],
  ])('%j is refused, with all that is wrong', async (query, paths) => {
    const clock = new FakeClock();
    const events = new MemoryEventStore({ clock });
    const messages = new OutgoingMessageFactory('shop', clock);
    const processes = new ProcessManagers({
      events,
      index: events.processes,
      messages,
      clock,
      report: () => undefined,
    });
    const error = await processes.findStuck(query as StuckQuery).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    const faults = error instanceof InvalidOptionsError ? error.faults : [];
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(paths);
    await events.close();
  });
});
