import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { createEnvelope } from './create-envelope.js';
import { decodeMessage } from './decode-envelope.js';
import { encodeEnvelope } from './encode-envelope.js';

const NOW = Date.UTC(2026, 0, 1);
const OURS = createEnvelope({ type: 'shop.order.placed', version: 1, data: { total: 5 }, source: 'order', now: NOW });

const sns = (message: string, attributes = {}): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: 'arn:aws:sns:eu-west-1:1:orders',
    Message: message,
    Timestamp: '2026-01-02T00:00:00.000Z',
    MessageAttributes: attributes,
  });

const eventBridge = (detail: unknown): string =>
  JSON.stringify({
    version: '0',
    id: 'e-1',
    'detail-type': 'Order Shipped',
    source: 'legacy.shipping',
    account: '1',
    time: '2026-01-03T00:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  });

const cloudEvent = (changes: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id: '1',
    source: 's',
    type: 't',
    time: '2026-01-01T00:00:00Z',
    data: 1,
    ...changes,
  });

describe('shapes', () => {
  it.each<[string, string]>([
    ['as it is', encodeEnvelope(OURS)],
    ['in an SNS notification', sns(encodeEnvelope(OURS))],
    ['in an EventBridge event', eventBridge(OURS)],
    ['in an EventBridge event in an SNS notification', sns(eventBridge(OURS))],
  ])('reads our CloudEvent %s', (_name, body) => {
    expect(decodeMessage(body)).toEqual({ envelope: OURS, shape: 'cloudevents' });
  });

  it.each(['ce-', 'ce_'])('reads CloudEvents from attributes that start with %s', (prefix) => {
    const values = { specversion: '1.0', id: '1', source: 's', type: 't', time: '2026-01-01T00:00:00Z', tenantid: 'x' };
    const attributes = Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
    const expected = {
      envelope: { ...values, datacontenttype: 'application/json', data: { a: 1 } },
      shape: 'cloudevents-binary',
    };
    expect(decodeMessage('{"a":1}', { ...attributes, other: 'x' })).toEqual(expected);

    const wrapped = Object.fromEntries(
      Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
    );
    expect(decodeMessage(sns('{"a":1}', wrapped))).toEqual(expected);
  });

  it('reads an EventBridge event of another system', () => {
    expect(decodeMessage(eventBridge({ parcel: 7 }))).toEqual({
      shape: 'eventbridge',
      envelope: {
        specversion: '1.0',
        id: 'e-1',
        source: 'legacy.shipping',
        type: 'Order Shipped',
        time: '2026-01-03T00:00:00Z',
        datacontenttype: 'application/json',
        data: { parcel: 7 },
      },
    });
  });

  it('takes the time of sending for a message that tells none', () => {
    expect(decodeMessage(cloudEvent({ time: undefined }), {}, NOW).envelope.time).toBe('2026-01-01T00:00:00.000Z');
    expect(decodeMessage(sns(cloudEvent({ time: null }))).envelope.time).toBe('2026-01-02T00:00:00.000Z');
  });

  it('leaves out attributes it does not know, and takes numbers in extensions as text', () => {
    const { envelope } = decodeMessage(cloudEvent({ dataversion: 3, foo: 'bar', data: undefined }));
    expect(envelope).toMatchObject({ dataversion: '3', data: null });
    expect(envelope).not.toHaveProperty('foo');
  });

  it('drops keys that could reach a prototype', () => {
    const { envelope } = decodeMessage(cloudEvent({}).replace('"data":1', '"data":{"__proto__":{"admin":true}}'));
    expect(envelope.data).toEqual({});
    expect(Object.keys(envelope.data as object)).toEqual([]);
  });
});

const s3Record = {
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-west-1',
  eventTime: '2026-11-28T12:00:00.000Z',
  eventName: 'ObjectCreated:Put',
  responseElements: { 'x-amz-request-id': 'REQUEST', 'x-amz-id-2': 'ID2' },
  s3: { bucket: { name: 'uploads' }, object: { key: 'a/b.csv', size: 12 } },
};

describe('a notification of S3', () => {
  it('is read as the adapter of CloudEvents says', () => {
    const { envelope, shape } = decodeMessage(JSON.stringify({ Records: [s3Record] }));
    expect(shape).toBe('s3');
    expect(envelope).toEqual({
      specversion: '1.0',
      id: 'REQUEST.ID2.1ca89c39f58bf453',
      source: 'aws:s3.eu-west-1.uploads',
      type: 'com.amazonaws.s3.ObjectCreated.Put',
      subject: 'a/b.csv',
      time: '2026-11-28T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: s3Record,
    });
  });

  it.each([
    ['objects', { s3: { ...s3Record.s3, object: { key: 'another' } } }],
    ['versions', { s3: { ...s3Record.s3, object: { ...s3Record.s3.object, versionId: '2' } } }],
    ['kinds', { eventName: 'ObjectRemoved:Delete' }],
  ])(
    'has an id of its own where one request to S3 is about several %s, and the same when it comes again',
    (_, other) => {
      const idOf = (record: object) => decodeMessage(JSON.stringify({ Records: [record] })).envelope.id;
      expect(idOf({ ...s3Record, ...other })).not.toBe(idOf(s3Record));
      expect(idOf({ ...s3Record, eventTime: '2026-11-28T12:00:01.000Z' })).toBe(idOf(s3Record));
    },
  );

  it('comes through SNS too', () => {
    expect(decodeMessage(sns(JSON.stringify({ Records: [s3Record] }))).shape).toBe('s3');
  });

  it.each([
    ['several records', { Records: [s3Record, s3Record] }, '2 records, not one'],
    ['none', { Records: [] }, '0 records, not one'],
    ['a record of another service', { Records: [{ ...s3Record, eventSource: 'aws:ses' }] }, 'no known envelope'],
    ['no bucket', { Records: [{ ...s3Record, s3: {} }] }, 'no "bucket"'],
    ['no time', { Records: [{ ...s3Record, eventTime: undefined }] }, 'no "eventTime"'],
  ])('is refused with %s', (_what, value, reason) => {
    const text = JSON.stringify(value);
    expect(() => decodeMessage(text)).toThrow(UnparsableMessageError);
    expect(() => decodeMessage(text)).toThrow(reason);
  });
});

const s3Test = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-11-28T12:00:00.000Z',
  Bucket: 'uploads',
  RequestId: 'REQUEST',
  HostId: 'HOST',
};

describe('the test that S3 sends to what it is to notify', () => {
  it.each([
    ['on a queue', JSON.stringify(s3Test)],
    ['through SNS', sns(JSON.stringify(s3Test))],
  ])('is told from notifications %s', (_, text) => {
    const { envelope, shape } = decodeMessage(text);
    expect(shape).toBe('s3');
    expect(envelope).toEqual({
      specversion: '1.0',
      id: 'REQUEST.HOST',
      source: 'aws:s3..uploads',
      type: 'com.amazonaws.s3.TestEvent',
      time: '2026-11-28T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: s3Test,
    });
  });

  it.each([
    ['no time', { Time: undefined }, 'no "Time"'],
    ['no bucket', { Bucket: undefined }, '"Bucket" should be text'],
    ['another service', { Service: 'Amazon SES' }, 'no known envelope'],
  ])('is refused with %s', (_, changed, reason) => {
    const text = JSON.stringify({ ...s3Test, ...changed });
    expect(() => decodeMessage(text)).toThrow(UnparsableMessageError);
    expect(() => decodeMessage(text)).toThrow(reason);
  });
});

describe('what cannot be read', () => {
  it.each<[string, string, string]>([
    ['no JSON', 'hello', 'not JSON'],
    ['a number', '5', 'it is a number'],
    ['a list', '[1,2]', 'it is an array of 2'],
    ['an unknown object', '{"a":1}', 'it is an object with "a"'],
    ['another specversion', cloudEvent({ specversion: '0.3' }), 'should be "1.0", but is "0.3"'],
    ['no id', cloudEvent({ id: undefined }), '"id" should be text, but is nothing'],
    ['an empty type', cloudEvent({ type: '' }), '"type" should be text, but is an empty text'],
    ['an id with NUL', cloudEvent({ id: 'a\0b' }), '"id" should be Unicode text without NUL'],
    ['a source with half a character', cloudEvent({ source: '\ud800' }), '"source" should be Unicode text'],
    ['a source that is an object', cloudEvent({ source: { a: 1 } }), '"source" should be text'],
    ['a time that is none', cloudEvent({ time: 'yesterday' }), '"time" should be a time in RFC 3339'],
    ['a day that is none', cloudEvent({ expirytime: '2026-13-01T00:00:00Z' }), '"expirytime" should be a time'],
    ['a long attribute', cloudEvent({ partitionkey: 'k'.repeat(3000) }), 'at most 2048 characters, but is 3000'],
    ['an extension that is a list', cloudEvent({ tenantid: ['a'] }), '"tenantid" should be text'],
    ['other content', cloudEvent({ datacontenttype: 'text/xml' }), 'datacontenttype is "text/xml"'],
    ['binary data', cloudEvent({ data_base64: 'AA==' }), 'binary'],
    [
      'a subscription confirmation',
      sns('x').replace('Notification', 'SubscriptionConfirmation'),
      'SNS message of type',
    ],
    ['an SNS notification of plain text', sns('hello'), 'not JSON'],
    ['an EventBridge event with a text', eventBridge('x'), '"detail" of its EventBridge event should be an object'],
    ['many wrappers', [1, 2, 3, 4, 5].reduce((message) => sns(message), cloudEvent({})), 'wrapped more than 4 times'],
    ['deep nesting', '['.repeat(100_000), 'nests deeper than 72 levels'],
  ])('refuses %s', (_name, body, reason) => {
    expect(() => decodeMessage(body)).toThrow(UnparsableMessageError);
    expect(() => decodeMessage(body)).toThrow(reason);
  });

  it('quotes little of what came', () => {
    const read = () => decodeMessage(`secret ${'\u0001'.repeat(5000)}`);
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/(?:\\u0001){20}/) }));
  });

  it('names the content type of binary mode that is not JSON', () => {
    const attributes = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': 's',
      'ce-type': 't',
      'content-type': 'text/csv',
    };
    expect(() => decodeMessage('1', attributes)).toThrow('datacontenttype is "text/csv"');
  });
});
