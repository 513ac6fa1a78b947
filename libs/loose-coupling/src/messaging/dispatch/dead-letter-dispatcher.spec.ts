import { currentCorrelation, type Correlation } from '../../kernel/index.js';
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

  it('is handled in the trace, the correlation and the tenant of the message', async () => {
    const clock = new FakeClock();
    let correlation: Correlation | undefined;
    const invoke = jest.fn(() => {
      correlation = currentCorrelation();
      return Promise.resolve();
    });
    const dispatcher = new DeadLetterDispatcher(
      'orders',
      new Map([['failed', { id: 'app/A.on', kind: 'deadLetter', retry: DEFAULT_RETRY_POLICY, inbox: false, invoke }]]),
      {
        clock,
        middlewares: new MessageMiddlewareRegistry(),
        replies: new ReplySender({} as MessageTransport, 'app', clock),
        open: (message) => message,
        log: new DispatchLog({ log: jest.fn(), error: jest.fn(), warn: jest.fn() }),
      },
    );
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const envelope = {
      specversion: '1.0',
      id: '1',
      source: 'a',
      type: 'failed',
      correlationid: 'c',
      tenantid: 't',
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      tracestate: 'rojo=1',
      data: {},
    };
    const body = JSON.stringify(envelope);
    const letter = { messageId: '1', receiptHandle: 'r', body, attributes: {}, receiveCount: 1, sentAt: 0 };

    await dispatcher.handle(letter, new AbortController().signal);

    expect(correlation).toEqual({
      correlationId: 'c',
      causationId: '1',
      tenantId: 't',
      traceparent: expect.stringMatching(`^00-${trace}-(?!00f067aa0ba902b7)`),
      tracestate: 'rojo=1',
    });
  });
});
