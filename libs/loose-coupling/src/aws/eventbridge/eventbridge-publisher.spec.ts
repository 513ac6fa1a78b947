import { FakeClock } from '../../testing/fake-clock.js';
import type { EventBridgeApi } from '../clients/aws-apis.js';
import { encodeDetail } from './detail.js';
import { eventBytes, type EventToPut } from './event-to-put.js';
import { EventBridgePublisher } from './eventbridge-publisher.js';

type Put = NonNullable<Parameters<EventBridgeApi['putEvents']>[0]['Entries']>;

const EVENT: EventToPut = { source: 'order', detailType: 'order.placed', detail: '{}' };
const clock = new FakeClock();

/** A publisher on a fake of EventBridge: `code` is the error code of an entry, if any. */
function fixture(code: (entry: Put[number], attempt: number) => string | undefined = () => undefined, lookUp?: string) {
  const calls: Put[] = [];
  const lookUps: (string | undefined)[] = [];
  const publisher = new EventBridgePublisher({
    clock,
    api: {
      describeEventBus: async ({ Name }) => {
        lookUps.push(Name);
        if (lookUp) throw Object.assign(new Error(lookUp), { name: lookUp, $fault: 'client' });
        return { $metadata: {} };
      },
      putEvents: async ({ Entries = [] }) => {
        calls.push(Entries);
        const results = Entries.map((entry, index) => {
          const ErrorCode = code(entry, calls.length);
          return ErrorCode === undefined ? { EventId: `e${index}` } : { ErrorCode };
        });
        return { $metadata: {}, Entries: results, FailedEntryCount: 0 };
      },
    },
  });
  return { publisher, calls, lookUps };
}

const refusal = (code = 'LC_INVALID_MESSAGE') => [{ ok: false, permanent: true, error: { code } }];

describe('EventBridgePublisher', () => {
  it('matches results by index, whatever the count of failures says, and sends again only what may pass', async () => {
    const { publisher, calls } = fixture(({ Detail }, attempt) => {
      if (Detail === '{"n":1}' && attempt === 1) return 'ThrottlingException';
      if (Detail === '{"n":2}' && attempt === 1) return 'InternalFailure';
      return Detail === '{"n":3}' ? 'MalformedDetail' : undefined;
    });
    const results = publisher.put(
      'shop',
      [0, 1, 2, 3].map((n) => ({ ...EVENT, detail: encodeDetail('t', { n }) })),
    );
    await clock.advance(0);
    await clock.advance(200);
    expect(await results).toMatchObject([
      { ok: true, value: { eventId: 'e0' } },
      { ok: true },
      { ok: true },
      ...refusal(),
    ]);
    expect(calls.map((entries) => entries.map(({ Detail }) => Detail))).toEqual([
      ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}'],
      ['{"n":1}', '{"n":2}'],
    ]);
  });

  it('looks a bus up once, and never the default one', async () => {
    const { publisher, lookUps } = fixture();
    await Promise.all([
      publisher.put('shop', [EVENT]),
      publisher.put('shop', [EVENT]),
      publisher.put('default', [EVENT]),
    ]);
    expect(lookUps).toEqual(['shop']);
  });

  it('refuses events for a bus that is not there, and puts them where it may not ask', async () => {
    const missing = fixture(undefined, 'ResourceNotFoundException');
    expect(await missing.publisher.put('shop', [EVENT])).toMatchObject(refusal('LC_UNKNOWN_EVENT_BUS'));
    expect(missing.calls).toEqual([]);
    const secret = fixture(undefined, 'AccessDeniedException');
    expect(await secret.publisher.put('shop', [EVENT])).toMatchObject([{ ok: true }]);
  });

  it('sends everything that an event may have', async () => {
    const { publisher, calls } = fixture();
    await publisher.put('shop', [{ ...EVENT, time: 0, resources: ['arn:1'], traceHeader: 'Root=1' }]);
    expect(calls).toEqual([
      [
        {
          EventBusName: 'shop',
          Source: 'order',
          DetailType: 'order.placed',
          Detail: '{}',
          Time: new Date(0),
          Resources: ['arn:1'],
          TraceHeader: 'Root=1',
        },
      ],
    ]);
  });

  it.each<[string, Partial<EventToPut>]>([
    ['no source', { source: '' }],
    ['a source of AWS', { source: 'aws.ec2' }],
    ['a detail type of 129 characters', { detailType: 'x'.repeat(129) }],
    ['no detail type', { detailType: '' }],
    ['a list for a detail', { detail: '[]' }],
    ['text for a detail', { detail: '"x"' }],
    ['an integer of more than 64 bits', { detail: '{"a":[1,-9223372036854775809]}' }],
    ['a detail of 1,001 levels', { detail: `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}` }],
    ['a time that is none', { time: Number.NaN }],
    ['a resource of 2,049 characters', { resources: ['x'.repeat(2_049)] }],
  ])('refuses %s', async (_, change) => {
    const { publisher, calls } = fixture();
    expect(await publisher.put('shop', [{ ...EVENT, ...change }])).toMatchObject(refusal());
    expect(calls).toEqual([]);
  });

  it.each<[string, Partial<EventToPut>]>([
    ['a source that only looks like that of AWS', { source: 'awsome' }],
    ['the largest integers', { detail: '{"a":9223372036854775807,"b":-9223372036854775808}' }],
    ['a large number that is no integer', { detail: '{"a":12345678901234567890.5,"b":1e300}' }],
    ['digits inside of text', { detail: '{"a":"99999999999999999999","b\\"":"\\\\"}' }],
    ['a detail of 1,000 levels', { detail: `{"a":${'['.repeat(999)}${']'.repeat(999)}}` }],
    ['brackets inside of text', { detail: `{"a":"${'['.repeat(5_000)}"}` }],
  ])('takes %s', async (_, change) => {
    expect(await fixture().publisher.put('shop', [{ ...EVENT, ...change }])).toMatchObject([{ ok: true }]);
  });

  it('counts size as AWS does, and keeps a call below a million bytes', async () => {
    expect(eventBytes({ ...EVENT, source: 'ä', detailType: 't', time: 1, resources: ['ab', 'c'] })).toBe(
      2 + 1 + 2 + 14 + 3,
    );
    const { publisher, calls } = fixture();
    const detail = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
    const room = 999_999 - EVENT.source.length - EVENT.detailType.length;
    expect(await publisher.put('shop', [{ ...EVENT, detail: detail(room + 1) }])).toMatchObject(
      refusal('LC_MESSAGE_TOO_LARGE'),
    );
    const results = publisher.put('shop', [
      { ...EVENT, detail: detail(room) },
      { ...EVENT, detail: detail(500_000) },
      { ...EVENT, detail: detail(499_000) },
    ]);
    await clock.advance(1);
    await clock.advance(1);
    expect(await results).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    expect(calls.map(({ length }) => length)).toEqual([1, 2]);
  });
});

describe('encodeDetail', () => {
  it.each([['text'], [[1]], [null], [undefined], [1n], [() => 1], [{ toJSON: () => 'text' }], [new Date()]])(
    'refuses what JSON does not write as an object: %p',
    (detail) => {
      expect(() => encodeDetail('order.placed', detail)).toThrow(
        expect.objectContaining({ code: 'LC_UNSERIALIZABLE_DATA' }),
      );
    },
  );

  it('writes an object', () => {
    expect(encodeDetail('order.placed', { at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });
});
