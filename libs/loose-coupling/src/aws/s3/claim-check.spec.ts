import { Readable } from 'node:stream';
import { createEnvelope, decodeMessage } from '../../messaging/index.js';
import type { S3Api } from '../clients/aws-apis.js';
import { ClaimCheck, type ClaimCheckSettings } from './claim-check.js';

type Put = Parameters<S3Api['putObject']>[0];

/** Buckets in memory; counts what is read. */
class FakeS3 {
  readonly objects = new Map<string, string>();
  readonly reads: string[] = [];

  readonly api = {
    putObject: async ({ Bucket, Key, Body }: Put) => {
      this.objects.set(`s3://${Bucket}/${Key}`, String(Body));
      return { $metadata: {} };
    },
    getObject: async ({ Bucket, Key }: { Bucket?: string; Key?: string }) => {
      const uri = `s3://${Bucket}/${Key}`;
      this.reads.push(uri);
      const text = this.objects.get(uri);
      if (text === undefined) throw Object.assign(new Error('not there'), { name: 'NoSuchKey' });
      return { $metadata: {}, Body: Readable.from([Buffer.from(text)]) };
    },
  } as unknown as S3Api;
}

const envelope = (data: unknown) =>
  createEnvelope({ type: 'shop.order.placed', source: 'order', data, partitionKey: 'o-1', now: Date.UTC(2026, 0, 1) });

describe('ClaimCheck', () => {
  const s3 = new FakeS3();
  const check = (settings: Partial<ClaimCheckSettings> = {}) =>
    new ClaimCheck(() => s3.api, { bucket: 'shop-messages', ...settings });

  beforeEach(() => {
    s3.objects.clear();
    s3.reads.length = 0;
  });

  it('leaves a message alone that fits', async () => {
    const text = await check().encode(envelope({ total: 1 }), 1_000);
    expect(decodeMessage(text).envelope.data).toEqual({ total: 1 });
    expect(s3.objects.size).toBe(0);
    expect(await check().resolve(text)).toBe(text);
    expect(s3.reads).toEqual([]);
  });

  it('sends a reference in place of data that is too large, and puts it back', async () => {
    const large = envelope({ text: 'ä'.repeat(2_000) });
    const text = await check().encode(large, 1_000);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000);
    const sent = JSON.parse(text);
    expect(sent).not.toHaveProperty('data');
    expect(sent).toMatchObject({
      id: large.id,
      type: large.type,
      partitionkey: 'o-1',
      dataref: `s3://shop-messages/loose-coupling/order/${large.id}.json`,
    });
    expect(decodeMessage(await check().resolve(text)).envelope).toEqual(large);
  });

  it('stores the same message once, however often it is sent', async () => {
    const large = envelope('x'.repeat(2_000));
    expect(await check().encode(large, 100)).toBe(await check().encode(large, 100));
    expect(s3.objects.size).toBe(1);
  });

  it('keeps to its threshold below the limit of the destination', async () => {
    const text = await check({ threshold: 10 }).encode(envelope(1), 1_000);
    expect(JSON.parse(text)).toHaveProperty('dataref');
  });

  it.each([
    ['SNS', (text: string) => JSON.stringify({ Type: 'Notification', TopicArn: 'a', MessageId: 'm', Message: text })],
    [
      'EventBridge',
      (text: string) => JSON.stringify({ 'detail-type': 'x', source: 'order', detail: JSON.parse(text) }),
    ],
  ])('finds the reference inside of what %s wraps around it', async (_, wrap) => {
    const large = envelope('x'.repeat(2_000));
    const text = wrap(await check().encode(large, 100));
    expect(decodeMessage(await check().resolve(text)).envelope).toEqual(large);
  });

  it.each([
    's3://other-bucket/loose-coupling/a.json',
    's3://shop-messages-of-others/loose-coupling/a.json',
    's3://shop-messages/secrets/a.json',
    'https://example.com/a.json',
    's3://shop-messages/',
    's3://shop-messages/loose-coupling/../secrets/a.json',
    'file:///etc/passwd',
  ])('does not follow a reference to %s', async (dataref) => {
    const text = JSON.stringify({ specversion: '1.0', id: '1', source: 's', type: 't', dataref });
    await expect(check().resolve(text)).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
    expect(s3.reads).toEqual([]);
  });

  it('reads places of other services that it was told of', async () => {
    s3.objects.set('s3://partner/out/a.json', '{"a":1}');
    s3.objects.set('s3://partner/private/a.json', '{"a":1}');
    const reader = check({ readFrom: ['s3://partner/out/'] });
    expect(await reader.load('s3://partner/out/a.json')).toBe('{"a":1}');
    await expect(reader.load('s3://partner/private/a.json')).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
    const whole = check({ readFrom: ['s3://partner'] });
    expect(await whole.load('s3://partner/private/a.json')).toBe('{"a":1}');
    await expect(whole.load('s3://partner-2/a.json')).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
  });

  it('gives a message up whose data is gone, or is no JSON, and tries again what S3 fails at', async () => {
    const text = await check().encode(envelope('x'.repeat(2_000)), 100);
    const [uri] = s3.objects.keys();
    s3.objects.set(uri!, '{"cut');
    await expect(check().resolve(text)).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
    s3.objects.clear();
    await expect(check().resolve(text)).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
    const away = { ...s3.api, getObject: () => Promise.reject(new Error('away')) };
    await expect(new ClaimCheck(() => away, { bucket: 'shop-messages' }).resolve(text)).rejects.toThrow('away');
  });

  it('neither writes nor reads more than it may', async () => {
    const small = check({ maxBytes: 100 });
    await expect(small.store('x'.repeat(101))).rejects.toMatchObject({ code: 'LC_MESSAGE_TOO_LARGE', bytes: 101 });
    const reference = await check().store(JSON.stringify('x'.repeat(200)));
    await expect(small.load(reference)).rejects.toMatchObject({ code: 'LC_UNPARSABLE_MESSAGE' });
  });

  it('leaves to the decoder what it cannot read, and data that is there', async () => {
    for (const text of [
      'dataref',
      '"dataref"',
      '{"dataref":1}',
      '{"specversion":"1.0","dataref":"s3://x/y","data":1}',
    ]) {
      expect(await check().resolve(text)).toBe(text);
    }
    expect(s3.reads).toEqual([]);
  });
});
