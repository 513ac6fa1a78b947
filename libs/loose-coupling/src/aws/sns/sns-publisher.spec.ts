import type { SnsApi } from '../clients/aws-apis.js';
import { SnsPublisher } from './sns-publisher.js';

const ARN = 'arn:aws:sns:eu-west-1:123456789012:prices';
const failure = (name: string, $fault: 'client' | 'server' = 'client') =>
  Object.assign(new Error(name), { name, $fault });

/** A publisher on a fake of SNS whose topic has the given attributes, or whose lookups fail. */
function fixture(attributes: () => Record<string, string>) {
  const calls: { bytes: number; bodies: (string | undefined)[] }[] = [];
  const counts = { lookUps: 0 };
  const api: Pick<SnsApi, 'publishBatch' | 'getTopicAttributes'> = {
    getTopicAttributes: async () => {
      counts.lookUps += 1;
      return { $metadata: {}, Attributes: attributes() };
    },
    publishBatch: async ({ PublishBatchRequestEntries: entries = [] }) => {
      const bodies = entries.map(({ Message }) => Message);
      calls.push({ bodies, bytes: bodies.join('').length });
      return { $metadata: {}, Successful: entries.map(({ Id }) => ({ Id, MessageId: `id-${Id}` })), Failed: [] };
    },
  };
  return { publisher: new SnsPublisher({ api }), calls, counts };
}

describe('SnsPublisher', () => {
  it('takes the limit of a topic from its attributes, and asks once', async () => {
    const { publisher, counts } = fixture(() => ({ MaximumMessageSize: '1048576' }));
    const large = { message: 'x'.repeat(900_000) };
    expect(await Promise.all([publisher.publish(ARN, [large]), publisher.publish(ARN, [large])])).toMatchObject([
      [{ ok: true }],
      [{ ok: true }],
    ]);
    expect(counts.lookUps).toBe(1);
    expect(await publisher.maxMessageBytes(ARN)).toBe(1_048_576);
  });

  it('takes 256 KiB for the limit of a topic that tells none, of a message and of a call', async () => {
    const { publisher, calls } = fixture(() => ({}));
    const results = await publisher.publish(ARN, [
      { message: 'x'.repeat(200_000) },
      { message: 'y'.repeat(200_000) },
      { message: 'z'.repeat(262_145) },
    ]);
    expect(results).toMatchObject([{ ok: true }, { ok: true }, { ok: false, error: { code: 'LC_MESSAGE_TOO_LARGE' } }]);
    expect(calls.map(({ bytes }) => bytes)).toEqual([200_000, 200_000]);
  });

  it('publishes all the same where it is not allowed to ask', async () => {
    const { publisher } = fixture(() => {
      throw failure('AuthorizationErrorException');
    });
    expect(await publisher.publish(ARN, [{ message: 'a' }])).toMatchObject([{ ok: true }]);
  });

  it('asks again after a lookup that failed, and fails no entry for good meanwhile', async () => {
    let away = true;
    const { publisher } = fixture(() => {
      if (away) throw failure('InternalError', 'server');
      return {};
    });
    expect(await publisher.publish(ARN, [{ message: 'a' }])).toMatchObject([
      { ok: false, permanent: false, error: { code: 'LC_NOT_ACCEPTED' } },
    ]);
    away = false;
    expect(await publisher.publish(ARN, [{ message: 'a' }])).toMatchObject([{ ok: true }]);
  });

  it('says of a topic that is not there that it is not', async () => {
    const { publisher } = fixture(() => {
      throw failure('NotFoundException');
    });
    expect(await publisher.publish(ARN, [{ message: 'a' }])).toMatchObject([
      { ok: false, permanent: true, error: { code: 'LC_UNKNOWN_TOPIC' } },
    ]);
  });

  it.each([
    [
      'more attributes than raw delivery to SQS survives',
      { message: 'a', attributes: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, '1'])) },
    ],
    ['a subject of 101 characters', { message: 'a', subject: 'x'.repeat(101) }],
    ['a subject that begins with a space', { message: 'a', subject: ' x' }],
    ['an empty message', { message: '' }],
  ])('refuses %s', async (_, notification) => {
    expect(await fixture(() => ({})).publisher.publish(ARN, [notification])).toMatchObject([
      { ok: false, permanent: true, error: { code: 'LC_INVALID_MESSAGE' } },
    ]);
  });

  it('refuses a message without a group on a FIFO topic, and after its close', async () => {
    const { publisher } = fixture(() => ({}));
    expect(await publisher.publish(`${ARN}.fifo`, [{ message: 'a' }])).toMatchObject([
      { ok: false, error: { code: 'LC_INVALID_MESSAGE' } },
    ]);
    await publisher.close();
    expect(await publisher.publish(ARN, [{ message: 'a' }])).toMatchObject([
      { ok: false, error: { code: 'LC_CLOSED' } },
    ]);
  });
});
