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

  it('lets all wait on while the database is locked, and looks again shortly, once for all', async () => {
    const clock = new FakeClock();
    let receive = (): ReceivedMessage[] => [];
    const waiters = new QueueWaiters({ clock, receive: () => receive(), nextDue: () => clock.now() });
    const waiting = [waiters.wait(OPTIONS), waiters.wait(OPTIONS)];
    let attempts = 0;
    receive = () => {
      attempts += 1;
      throw new DatabaseBusyError('broker.db');
    };
    waiters.serve();
    expect(attempts).toBe(1);
    await clock.advance(1_000);
    expect(attempts).toBe(11);
    receive = () => [message('a')];
    await clock.advance(100);
    expect((await Promise.all(waiting)).flat()).toHaveLength(2);
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
