import type { ConsumerReporter } from '../../consumer/consumer-report.js';
import { DeadLetterer } from '../../consumer/dead-letterer.js';
import { Deadlines } from '../../consumer/deadlines.js';
import { DEAD_LETTER_ATTRIBUTE, type DeadLetterDetails } from '../../core/dead-letter.js';
import { BrokerFixture, codeOf, type OpenBroker } from './broker-fixture.js';

const MIB = 1_048_576;

export function describeLimits(open: OpenBroker): void {
  let fixture: BrokerFixture;

  beforeEach(async () => {
    fixture = await BrokerFixture.open(open);
    await fixture.queue('orders');
  });
  afterEach(() => fixture.broker.close());

  it('takes 1 MiB of body and attributes in UTF-8 bytes, and refuses a byte more without harm to its neighbours', async () => {
    const exact = { body: 'ü'.repeat(MIB / 2 - 2), attributes: { é: 'ë' } };
    const results = await fixture.send(
      'orders',
      exact,
      { ...exact, body: `${exact.body}x` },
      'x'.repeat(MIB),
      'x'.repeat(MIB + 1),
    );
    expect(results.map(codeOf)).toEqual(['ok', 'LC_MESSAGE_TOO_LARGE', 'ok', 'LC_MESSAGE_TOO_LARGE']);
    expect(results[1]).toMatchObject({ permanent: true, error: { bytes: MIB + 1, limit: MIB } });
    expect((await fixture.take('orders')).map((body) => body.length)).toEqual([MIB / 2 - 2, MIB]);
  });

  it('has room for dead-letter details beyond the limit, but not for anything', async () => {
    const withDetails = (bytes: number) => ({
      body: 'x'.repeat(MIB),
      attributes: { [DEAD_LETTER_ATTRIBUTE]: 'd'.repeat(bytes - DEAD_LETTER_ATTRIBUTE.length) },
    });
    const results = await fixture.send('orders', withDetails(8_192), withDetails(8_193));
    expect(results.map(codeOf)).toEqual(['ok', 'LC_MESSAGE_TOO_LARGE']);
  });

  it('gives up a message that leaves no room, with the reason', async () => {
    const [queue, deadLetterQueue] = [fixture.broker.queue('orders'), await fixture.queue('orders-dlq')];
    const { clock } = fixture;
    const reporter = { report: (error: unknown) => Promise.reject(error) } as unknown as ConsumerReporter;
    const deadLetterer = new DeadLetterer({ queue, deadLetterQueue, clock, deadlines: new Deadlines(clock), reporter });
    await fixture.send('orders', 'x'.repeat(MIB - 50));
    const message = await fixture.receiveOne('orders');
    expect(await deadLetterer.copy(message, { action: 'deadLetter', error: new Error('no lines') })).toBe(true);
    const { body, attributes } = await fixture.receiveOne('orders-dlq');
    expect(body).toHaveLength(MIB - 50);
    const details = JSON.parse(attributes[DEAD_LETTER_ATTRIBUTE] ?? '') as DeadLetterDetails;
    expect(details).toMatchObject({ message: 'no lines', stack: expect.stringContaining('Error: no lines') });
  });

  it('takes ten attributes of text and no more', async () => {
    const attributes = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));
    const results = await fixture.send(
      'orders',
      { body: '10', attributes: attributes(10) },
      { body: '11', attributes: attributes(11) },
      { body: 'number', attributes: { n: 1 as unknown as string } },
      { body: 'no name', attributes: { '': 'x' } },
    );
    expect(results.map(codeOf)).toEqual(['ok', ...Array(3).fill('LC_INVALID_MESSAGE')]);
  });

  it.each([
    ['NUL', 'a\0b'],
    ['a control character', 'a\u0008b'],
    ['half of a pair', 'a\ud83db'],
    ['U+FFFF', 'a\uffffb'],
    ['a body that is no text', 5 as unknown as string],
  ])('refuses %s, as SQS does', async (_, body) => {
    const results = await fixture.send('orders', { body }, { body: 'x', attributes: { a: String(body) } });
    expect(codeOf(results[0])).toBe('LC_INVALID_MESSAGE');
    expect(results[0]).toMatchObject({ permanent: true });
  });

  it('takes tabs, line ends and every other character', async () => {
    const body = '\t\n\r \u007f\u0085￼😀';
    await fixture.send('orders', body);
    expect(await fixture.take('orders')).toEqual([body]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a delay of %p', async (delay) => {
    expect((await fixture.send('orders', { body: 'a', delay })).map(codeOf)).toEqual(['LC_INVALID_MESSAGE']);
  });

  it.each([
    { max: 0, wait: 0 },
    { max: 1.5, wait: 0 },
    { max: 1, wait: -1 },
    { max: 1, wait: Number.NaN },
    { max: 1, wait: 0, visibilityTimeout: 43_200_001 },
    { max: 1, wait: 0, visibilityTimeout: -1 },
  ])('refuses to receive with %j', async (options) => {
    await expect(fixture.broker.queue('orders').receive(options)).rejects.toMatchObject({ code: 'LC_INVALID_OPTIONS' });
  });

  it('takes batches larger than ten', async () => {
    const results = await fixture.send('orders', ...Array<string>(250).fill('x'));
    expect(results.filter(({ ok }) => ok)).toHaveLength(250);
    expect(await fixture.receive('orders', 250)).toHaveLength(250);
  });

  it('shares no mutable object between sender and receivers', async () => {
    const attributes = { a: '1' };
    await fixture.send('orders', { body: 'x', attributes });
    attributes.a = '2';
    const first = await fixture.receiveOne('orders', 0);
    expect(first.attributes).toEqual({ a: '1' });
    try {
      (first.attributes as { a: string }).a = '3';
    } catch {
      // Frozen: as good as a copy.
    }
    expect(await fixture.receive('orders')).toMatchObject([{ attributes: { a: '1' } }]);
  });
}
