import { DatabaseBusyError } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import { QueueWaiters } from './queue-waiters.js';

const message = (body: string): ReceivedMessage => ({
  messageId: body,
  receiptHandle: body,
  body,
  attributes: {},
  receiveCount: 1,
  sentAt: 0,
});

describe('QueueWaiters', () => {
  const OPTIONS = { max: 1, wait: 20_000 };

  it('fails one waiter, not all, when the database is locked, and serves the others as soon as it is free', async () => {
    const clock = new FakeClock();
    let receive = (): ReceivedMessage[] => [];
    const waiters = new QueueWaiters({ clock, receive: () => receive(), nextDue: () => clock.now() });
    const [first, second] = [waiters.wait(OPTIONS), waiters.wait(OPTIONS)];
    let attempts = 0;
    receive = () => {
      attempts += 1;
      throw new DatabaseBusyError('broker.db');
    };
    waiters.serve();
    await expect(first).rejects.toMatchObject({ code: 'LC_DATABASE_BUSY' });
    expect(attempts).toBe(1);
    receive = () => [message('a')];
    await clock.advance(1);
    expect(await second).toMatchObject([{ body: 'a' }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives a message to one waiter when receiving it comes back to the same queue', async () => {
    const clock = new FakeClock();
    const bodies: string[] = [];
    const waiters: QueueWaiters = new QueueWaiters({
      clock,
      receive: () => {
        const taken = bodies.splice(0, 1);
        waiters.serve();
        return taken.map(message);
      },
      nextDue: () => (bodies.length > 0 ? clock.now() : undefined),
    });
    const waiting = [waiters.wait(OPTIONS), waiters.wait(OPTIONS)];
    bodies.push('a', 'b');
    waiters.serve();
    const received = await Promise.all(waiting);
    expect(received.flat().map(({ body }) => body)).toEqual(['a', 'b']);
  });
});
