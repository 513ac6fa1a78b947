import { FakeClock } from '../../testing/fake-clock.js';
import type { MessageTransport } from '../core/message-transport.js';
import { DeadLetterDispatcher } from './dead-letter-dispatcher.js';
import { DispatchLog } from './dispatch-log.js';
import { MessageMiddlewareRegistry } from './message-middleware.registry.js';
import { ReplySender } from './reply-sender.js';
import { DEFAULT_RETRY_POLICY } from './retry-policy.js';

describe('a dead letter', () => {
  it('of a type that has no handler here is hidden for a short while, whatever the retry policy of others', async () => {
    const clock = new FakeClock();
    const invoke = jest.fn();
    const dispatcher = new DeadLetterDispatcher(
      'orders',
      new Map([['other', { id: 'app/A.on', kind: 'deadLetter', retry: DEFAULT_RETRY_POLICY, inbox: false, invoke }]]),
      {
        clock,
        middlewares: new MessageMiddlewareRegistry(),
        replies: new ReplySender({} as MessageTransport, 'app', clock),
        open: (message) => message,
        log: new DispatchLog({ log: jest.fn(), error: jest.fn(), warn: jest.fn() }),
      },
    );
    const body = JSON.stringify({ specversion: '1.0', id: '1', source: 'a', type: 'shop.order.placed', data: {} });
    const letter = { messageId: '1', receiptHandle: 'r', body, attributes: {}, receiveCount: 1, sentAt: 0 };

    const outcome = await dispatcher.handle(letter, new AbortController().signal);

    expect(outcome).toMatchObject({ action: 'retry', delay: 30_000 });
    expect(invoke).not.toHaveBeenCalled();
  });
});
