import { LooseCouplingError, utf8Length } from '../../kernel/index.js';
import { DEAD_LETTER_ATTRIBUTE, type DeadLetterDetails } from '../core/dead-letter.js';
import type { Outcome } from '../core/outcome.js';
import { ConsumerFixture } from './testing/consumer-fixture.js';
import type { InMemoryQueue } from './testing/in-memory-queue.js';

class BrokenOrderError extends LooseCouplingError {
  readonly code = 'LC_BROKEN_ORDER';
  constructor(message = 'no lines') {
    super(message);
  }
}

const deadLetter = (error: unknown = new BrokenOrderError()): Outcome => ({
  action: 'deadLetter',
  error,
  handler: 'Orders.place',
});

const detailsOf = (queue: InMemoryQueue, index = 0): DeadLetterDetails =>
  JSON.parse(queue.messages[index]?.attributes?.[DEAD_LETTER_ATTRIBUTE] ?? '{}') as DeadLetterDetails;

describe('a message that is given up', () => {
  it('is moved as it was sent, with the reason attached', async () => {
    const fixture = new ConsumerFixture();
    await fixture.start({ body: '{"a":1}', attributes: { type: 'order', tenant: 't1' } });
    await fixture.end('{"a":1}', deadLetter());
    expect(fixture.left).toEqual([]);
    const [moved] = fixture.deadLetterQueue.messages;
    expect(moved).toMatchObject({ body: '{"a":1}', attributes: { type: 'order', tenant: 't1' } });
    expect(moved?.groupId).toBeUndefined();
    expect(detailsOf(fixture.deadLetterQueue)).toEqual({
      errorType: 'BrokenOrderError',
      errorCode: 'LC_BROKEN_ORDER',
      message: 'no lines',
      stack: expect.stringContaining('BrokenOrderError: no lines'),
      failedAt: new Date(fixture.clock.now()).toISOString(),
      originalQueue: 'orders',
      attempts: 1,
      handler: 'Orders.place',
      redriveCount: 0,
    });
    expect(fixture.consumer.counters).toMatchObject({ deadLettered: 1, acknowledged: 0, retried: 0 });
    await fixture.stop();
  });

  it('is deleted only when the dead-letter queue has it; until then it is retried with backoff', async () => {
    const fixture = new ConsumerFixture({ handle: () => Promise.resolve(deadLetter()) });
    let fault: 'reject' | 'refuse' | 'hang' | undefined = 'reject';
    fixture.deadLetterQueue.hooks.before = () => {
      if (fault === 'reject') throw new Error('down');
      return fault === 'hang' ? new Promise(() => undefined) : undefined;
    };
    fixture.deadLetterQueue.hooks.entry = () =>
      fault === 'refuse' ? { error: new Error('refused'), permanent: true } : undefined;
    await fixture.start('m1');
    for (fault of ['reject', 'refuse', 'hang'] as const) {
      await fixture.run(45_000, 500);
      expect(fixture.left).toEqual(['m1']);
    }
    expect(fixture.queue.callsOf('delete')).toEqual([]);
    expect(fixture.errors.every(({ activity }) => activity === 'deadLetter')).toBe(true);
    fault = undefined;
    await fixture.run(400_000, 5_000);
    expect(fixture.left).toEqual([]);
    expect(fixture.deadLetterQueue.messages).toHaveLength(1);
    await fixture.stop();
  });

  it('is not moved a second time when only its delete failed (MQT: double dead letter)', async () => {
    const fixture = new ConsumerFixture({ settings: { receiveWait: 1_000, heartbeat: false } });
    await fixture.start('m1');
    await fixture.run(29_900, 100);
    fixture.queue.hooks.before = (operation) => {
      if (operation === 'delete' && fixture.clock.monotonic() < 31_000) throw new Error('down');
    };
    await fixture.end('m1', deadLetter());
    await fixture.run(5_000, 500);
    expect(fixture.left).toEqual([]);
    expect(fixture.deadLetterQueue.messages).toHaveLength(1);
    expect(fixture.started).toEqual(['m1']);
    await fixture.stop();
  });

  it('stays and comes again with backoff, and is reported, when there is no dead-letter queue', async () => {
    const fixture = new ConsumerFixture({ withDeadLetterQueue: false });
    await fixture.start('m1');
    await fixture.end('m1', deadLetter());
    expect(fixture.errors).toEqual([
      expect.objectContaining({
        activity: 'deadLetter',
        messageId: 'orders-1',
        error: expect.objectContaining({ cause: expect.any(BrokenOrderError) }),
      }),
    ]);
    expect(fixture.runningBodies).toEqual([]);
    await fixture.run(1_000, 500);
    expect(fixture.runningBodies).toEqual(['m1']);
    await fixture.stop();
  });

  it('for being too large is never handled', async () => {
    const fixture = new ConsumerFixture({ settings: { maxMessageBytes: 10 } });
    await fixture.start('äääää', 'ääääää', '1234567890', '12345678901');
    expect(fixture.started).toEqual(['äääää', '1234567890']);
    expect(fixture.deadLetterQueue.messages.map(({ body }) => body)).toEqual(['ääääää', '12345678901']);
    expect(detailsOf(fixture.deadLetterQueue)).toMatchObject({
      errorType: 'MessageTooLargeError',
      errorCode: 'LC_MESSAGE_TOO_LARGE',
      message: expect.stringContaining('12 bytes'),
    });
    expect(fixture.errors).toHaveLength(2);
    await fixture.stop();
  });

  it('has ten attributes at most: what the envelope also holds goes first, then the last', async () => {
    const names = ['traceparent', 'baggage', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'];
    const fixture = new ConsumerFixture({ handle: () => Promise.resolve(deadLetter()) });
    await fixture.start(
      { body: 'traced', attributes: Object.fromEntries(names.map((name) => [name, 'x'])) },
      { body: 'full', attributes: Object.fromEntries(Array.from('abcdefghij', (name) => [name, 'x'])) },
    );
    const [traced, full] = fixture.deadLetterQueue.messages.map(({ attributes }) => Object.keys(attributes ?? {}));
    expect(traced).toEqual(['traceparent', ...names.slice(2), DEAD_LETTER_ATTRIBUTE]);
    expect(full).toEqual([...Array.from('abcdefghi'), DEAD_LETTER_ATTRIBUTE]);
    await fixture.stop();
  });

  it('keeps count of its redrives, and replaces the reason of the time before', async () => {
    const fixture = new ConsumerFixture({ handle: () => Promise.resolve(deadLetter()) });
    await fixture.start(
      { body: 'm1', attributes: { [DEAD_LETTER_ATTRIBUTE]: '{"redriveCount":2,"message":"before"}' } },
      { body: 'm2', attributes: { [DEAD_LETTER_ATTRIBUTE]: 'not json' } },
      { body: 'm3', attributes: { [DEAD_LETTER_ATTRIBUTE]: 'null' } },
    );
    expect([0, 1, 2].map((index) => detailsOf(fixture.deadLetterQueue, index))).toEqual([
      expect.objectContaining({ redriveCount: 2, message: 'no lines' }),
      expect.objectContaining({ redriveCount: 0 }),
      expect.objectContaining({ redriveCount: 0 }),
    ]);
    await fixture.stop();
  });

  it.each<[string, unknown, Partial<DeadLetterDetails>]>([
    ['a huge error', new Error('"'.repeat(9_000)), { errorType: 'Error' }],
    ['a huge error in another script', new Error('書'.repeat(9_000)), { errorType: 'Error' }],
    ['a string', 'broken', { errorType: 'string', message: 'broken' }],
    ['nothing', undefined, { errorType: 'undefined', message: 'undefined' }],
    ['null', null, { errorType: 'null', message: 'null' }],
    ['an object', { status: 3 }, { errorType: 'object', message: '{"status":3}' }],
    ['what cannot be shown', Symbol.iterator, { errorType: 'symbol' }],
  ])('has a bounded reason when what was thrown is %s', async (_, error, expected) => {
    const fixture = new ConsumerFixture({ handle: () => Promise.resolve({ action: 'deadLetter', error }) });
    await fixture.start('m1');
    const details = detailsOf(fixture.deadLetterQueue);
    expect(details).toMatchObject(expected);
    expect((details.stack ?? '').split('\n').length).toBeLessThanOrEqual(10);
    expect(utf8Length(JSON.stringify(details))).toBeLessThanOrEqual(4_096);
    await fixture.stop();
  });

  it('goes with a bare reason when the dead-letter queue refuses the full one', async () => {
    const fixture = new ConsumerFixture({
      handle: () => Promise.resolve(deadLetter(new BrokenOrderError('bad \uFFFF'))),
    });
    let refusals = 1;
    fixture.deadLetterQueue.hooks.entry = () =>
      refusals-- > 0 ? { error: new Error('InvalidMessageContents'), permanent: true } : undefined;
    await fixture.start('m1');
    expect(detailsOf(fixture.deadLetterQueue)).toMatchObject({ errorType: 'BrokenOrderError', message: 'bad ?' });
    expect(detailsOf(fixture.deadLetterQueue)).not.toHaveProperty('stack');
    expect(fixture.left).toEqual([]);
    await fixture.stop();
  });
});
