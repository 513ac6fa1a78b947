import * as fc from 'fast-check';
import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { createEnvelope, type EnvelopeInput } from './create-envelope.js';
import { decodeMessage } from './decode-envelope.js';
import { encodeEnvelope } from './encode-envelope.js';

const RUNS = { seed: 42, numRuns: process.env.SOAK ? 100_000 : 500 };

/** Dropped on purpose from untrusted input. */
const reachesPrototype = (text: string): boolean => text.includes('__proto__') || text.includes('prototype');
/** As it comes out of JSON, which has no -0. */
const json = fc
  .jsonValue({ maxDepth: 6 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)))
  .filter((value) => !reachesPrototype(JSON.stringify(value)));

const time = fc.integer({ min: 0, max: 4e12 });
const text = fc.string({ minLength: 1, unit: 'binary' });
/** What a message is recognised by must be storable. */
const name = text.filter((value) => !/[\0\p{Surrogate}]/u.test(value));
const input: fc.Arbitrary<EnvelopeInput> = fc.record(
  {
    type: name,
    source: name,
    now: time,
    data: json,
    version: fc.integer({ min: 1, max: 99 }),
    id: name,
    correlation: fc.record(
      { correlationId: text, causationId: text, tenantId: text },
      { requiredKeys: ['correlationId'] },
    ),
    partitionKey: text,
    expiry: time,
    replyTo: text,
    subject: text,
  },
  { requiredKeys: ['type', 'source', 'now', 'data'] },
);

const ATTRIBUTES = [
  'specversion',
  'id',
  'source',
  'type',
  'time',
  'data',
  'datacontenttype',
  'dataversion',
  'expirytime',
];
const WRAPPERS = ['Type', 'TopicArn', 'Message', 'MessageAttributes', 'Timestamp', 'detail-type', 'detail'];

/** JSON that is nearly a message, to get past the first checks. */
const nearMessage = fc.dictionary(
  fc.constantFrom(...ATTRIBUTES, ...WRAPPERS, '__proto__'),
  fc.oneof(
    fc.constantFrom('1.0', 'Notification', '2026-01-01T00:00:00Z', '{"specversion":"1.0"}', 'application/json'),
    fc.jsonValue(),
  ),
);

const attributes = fc.dictionary(
  fc.constantFrom('ce-specversion', 'ce-id', 'ce-type', 'ce_source', 'content-type', 'x'),
  fc.string(),
);

function expectReadableOrRefused(body: string, given: Record<string, string>): void {
  try {
    const { envelope } = decodeMessage(body, given);
    expect([envelope.id, envelope.source, envelope.type].every((value) => typeof value === 'string')).toBe(true);
    expect(Number.isNaN(Date.parse(envelope.time))).toBe(false);
  } catch (error) {
    if (!(error instanceof UnparsableMessageError)) throw error;
    expect(error.message.length).toBeLessThan(600);
  }
}

describe('envelopes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(input, (given) => {
        const envelope = createEnvelope(given);
        expect(decodeMessage(encodeEnvelope(envelope))).toEqual({ envelope, shape: 'cloudevents' });
      }),
      RUNS,
    );
  });

  it('are read, or refused with one kind of error, whatever text comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), attributes, expectReadableOrRefused), RUNS);
  });

  it('are read, or refused with one kind of error, whatever JSON comes', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearMessage), attributes, (value, given) =>
        expectReadableOrRefused(JSON.stringify(value), given),
      ),
      RUNS,
    );
  });
});
