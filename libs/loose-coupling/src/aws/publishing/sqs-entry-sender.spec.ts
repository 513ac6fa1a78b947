import { FakeClock } from '../../testing/fake-clock.js';
import type { SqsApi } from '../clients/aws-apis.js';
import { SqsEntrySender } from './sqs-entry-sender.js';

type Input = Parameters<SqsApi['sendMessageBatch']>[0];
type Entry = NonNullable<Input['Entries']>[number];
type Failure = { readonly Code: string; readonly SenderFault: boolean };

const clock = new FakeClock();

/** A sender on a fake of SQS: `fate` says what becomes of an entry, and throws for the whole call. */
function fixture(fate: (entry: Entry, attempt: number) => Failure | undefined = () => undefined, fifo = false) {
  const calls: Entry[][] = [];
  const sender = new SqsEntrySender({
    queue: 'orders',
    url: `https://sqs/orders${fifo ? '.fifo' : ''}`,
    clock,
    api: {
      sendMessageBatch: async ({ Entries = [] }) => {
        calls.push(Entries);
        const fates = Entries.map((entry) => ({ Id: entry.Id, failure: fate(entry, calls.length) }));
        return {
          $metadata: {},
          // In another order than asked for, as is allowed.
          Successful: fates
            .filter(({ failure }) => !failure)
            .map(({ Id }) => ({ Id, MessageId: `id-${Id}`, MD5OfMessageBody: '' }))
            .toReversed(),
          Failed: fates.flatMap(({ Id, failure }) => (failure ? [{ Id, ...failure }] : [])),
        };
      },
    },
  });
  return { sender, calls };
}

const refusal = (code = 'LC_INVALID_MESSAGE') => [{ ok: false, permanent: true, error: { code } }];

describe('SqsEntrySender', () => {
  it('matches results by id, whatever their order', async () => {
    const { sender } = fixture();
    expect(await sender.send([{ body: 'a' }, { body: 'b' }])).toEqual([
      { ok: true, value: { messageId: 'id-0' } },
      { ok: true, value: { messageId: 'id-1' } },
    ]);
  });

  it('sends the trace as the attribute that X-Ray reads', async () => {
    const { sender, calls } = fixture();
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await sender.send([{ body: 'a', traceHeader }, { body: 'b' }]);
    expect(calls[0]?.map((entry) => entry.MessageSystemAttributes?.AWSTraceHeader?.StringValue)).toEqual([
      traceHeader,
      undefined,
    ]);
  });

  it('sends again with the deduplication id of the first attempt, and never one that SQS blames on the sender', async () => {
    const { sender, calls } = fixture(({ MessageBody }, attempt) => {
      if (MessageBody === 'a' && attempt === 1) return { Code: 'InternalError', SenderFault: false };
      return MessageBody === 'b' ? { Code: 'InvalidMessageContents', SenderFault: true } : undefined;
    }, true);
    const results = sender.send([
      { body: 'a', groupId: 'x' },
      { body: 'b', groupId: 'y' },
    ]);
    await clock.advance(200);
    expect(await results).toMatchObject([{ ok: true }, ...refusal()]);
    expect(calls.map((entries) => entries.map(({ MessageBody }) => MessageBody))).toEqual([['a', 'b'], ['a']]);
    expect(calls[1]?.[0]?.MessageDeduplicationId).toBe(calls[0]?.[0]?.MessageDeduplicationId);
    expect(calls[0]?.[0]?.MessageDeduplicationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('retries what SQS throttles, though it blames the sender', async () => {
    const { sender } = fixture((_, attempt) =>
      attempt === 1 ? { Code: 'RequestThrottled', SenderFault: true } : undefined,
    );
    const results = sender.send([{ body: 'a' }]);
    await clock.advance(200);
    expect(await results).toMatchObject([{ ok: true }]);
  });

  it('says what AWS said when it gives up', async () => {
    const { sender } = fixture(() => {
      throw Object.assign(new Error('no such permission'), { name: 'AccessDenied', $fault: 'client' });
    });
    const [result] = await sender.send([{ body: 'a' }]);
    expect(result).toMatchObject({
      ok: false,
      permanent: true,
      error: { code: 'LC_NOT_ACCEPTED', cause: { message: 'no such permission' } },
    });
  });

  it('leaves the reason of a caller who gave up waiting as it is', async () => {
    const reason = new Error('gone');
    const { sender } = fixture();
    expect(await sender.send([{ body: 'a' }], AbortSignal.abort(reason))).toEqual([
      { ok: false, error: reason, permanent: false },
    ]);
  });

  it('sends what a standard queue takes: delays in seconds, the tenant as group, no deduplication id', async () => {
    const { sender, calls } = fixture();
    await sender.send([{ body: 'a', delay: 1_001, groupId: 'tenant', deduplicationId: 'd', attributes: { a: '1' } }]);
    expect(calls[0]).toEqual([
      {
        Id: '0',
        MessageBody: 'a',
        DelaySeconds: 2,
        MessageGroupId: 'tenant',
        MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
      },
    ]);
  });

  it.each([
    ['an empty body', { body: '' }],
    ['half of a surrogate pair', { body: '\ud800' }],
    ['a delay of more than 15 minutes', { body: 'a', delay: 900_001 }],
    ['a delay that is no number', { body: 'a', delay: Number.NaN }],
    ['an empty attribute', { body: 'a', attributes: { a: '' } }],
    ['an attribute of a reserved name', { body: 'a', attributes: { 'aws.x': '1' } }],
    ['an attribute with two dots in its name', { body: 'a', attributes: { 'a..b': '1' } }],
    [
      '11 attributes',
      { body: 'a', attributes: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, '1'])) },
    ],
    ['a group with a space', { body: 'a', groupId: 'a b' }],
  ])('refuses %s before it can spoil a call', async (_, entry) => {
    const { sender, calls } = fixture();
    expect(await sender.send([entry])).toMatchObject(refusal());
    expect(calls).toEqual([]);
  });

  it.each([
    ['no group', { body: 'a' }],
    ['a delay', { body: 'a', groupId: 'g', delay: 1 }],
    ['a deduplication id that is too long', { body: 'a', groupId: 'g', deduplicationId: 'x'.repeat(129) }],
  ])('refuses %s on a FIFO queue', async (_, entry) => {
    expect(await fixture(undefined, true).sender.send([entry])).toMatchObject(refusal());
  });

  it('counts bytes of UTF-8, and of attributes with their type', async () => {
    const { sender } = fixture();
    const attributes = { name: 'ü' };
    const room = 1_048_576 - 'name'.length - 'String'.length - 2;
    expect(await sender.send([{ body: 'x'.repeat(room), attributes }])).toMatchObject([{ ok: true }]);
    expect(await sender.send([{ body: 'x'.repeat(room + 1), attributes }])).toMatchObject(
      refusal('LC_MESSAGE_TOO_LARGE'),
    );
  });

  it('refuses after its close', async () => {
    const { sender } = fixture();
    await sender.close();
    expect(await sender.send([{ body: 'a' }])).toMatchObject(refusal('LC_CLOSED'));
  });
});
