import { createEnvelope, type OutgoingEvent } from '../../messaging/index.js';
import { ClaimCheck } from '../s3/claim-check.js';
import { SnsPublisher } from '../sns/sns-publisher.js';
import { AwsTopology } from '../topology/aws-topology.js';
import { AwsTransport } from './aws-transport.js';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const event = (id: string, partitionKey: string): OutgoingEvent => ({
  topic: 'placed',
  fifo: true,
  envelope: createEnvelope({ id, type: 'placed', source: 'test', data: {}, partitionKey, now: 0 }),
});

/** A transport whose bucket takes until it is told. */
function open() {
  const sent: string[] = [];
  const stored = new Map<string, () => void>();
  jest.spyOn(AwsTopology.prototype, 'topicArn').mockResolvedValue('arn:aws:sns:eu-west-1:1:placed.fifo');
  jest.spyOn(SnsPublisher.prototype, 'maxMessageBytes').mockResolvedValue(1_000_000);
  jest.spyOn(SnsPublisher.prototype, 'publish').mockImplementation(async (_, notifications) => {
    sent.push(...notifications.map(({ deduplicationId = '' }) => deduplicationId));
    return notifications.map(() => ({ ok: true, value: { messageId: 'm' } }));
  });
  jest
    .spyOn(ClaimCheck.prototype, 'encode')
    .mockImplementation(({ id }) =>
      id.startsWith('large') ? new Promise((resolve) => stored.set(id, () => resolve('{}'))) : Promise.resolve('{}'),
    );
  const transport = new AwsTransport({
    type: 'aws',
    service: 'test',
    claimCheck: { bucket: 'b' },
    aws: { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } },
  });
  return { transport, sent, store: (id: string) => stored.get(id)?.() };
}

describe('events whose data goes to a bucket', () => {
  afterEach(() => jest.restoreAllMocks());

  it('are not overtaken by a later call because another of their own call takes long', async () => {
    const { transport, sent, store } = open();
    const first = transport.publish([event('large-1', 'other'), event('2', 'key')]);
    const second = transport.publish([event('3', 'key')]);
    await second;
    await turns();
    store('large-1');
    await first;
    expect(sent).toEqual(['2', '3', 'large-1']);
    await transport.close();
  });

  it('hold up those of their key, and no other', async () => {
    const { transport, sent, store } = open();
    const all = transport.publish([event('large-1', 'key'), event('2', 'key'), event('3', 'other')]);
    await turns();
    expect(sent).toEqual(['3']);
    store('large-1');
    expect(await all).toEqual([1, 2, 3].map(() => ({ ok: true, value: undefined })));
    expect(sent).toEqual(['3', 'large-1', '2']);
    await transport.close();
  });

  it('are sent before the transport is closed', async () => {
    const { transport, sent, store } = open();
    const published = transport.publish([event('large-1', 'key')]);
    await turns();
    const closed = transport.close().then(() => sent.push('closed'));
    await turns();
    store('large-1');
    await Promise.all([published, closed]);
    expect(sent).toEqual(['large-1', 'closed']);
  });
});
