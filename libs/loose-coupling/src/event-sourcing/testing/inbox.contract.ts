import assert from 'node:assert/strict';
import { DEFAULT_INBOX_RETENTION_MS } from '../inbox/inbox.js';
import type { ContractFramework } from './contract-framework.js';
import { event, type EventStoreFactory } from './event-store-under-test.js';

/** Marks of handled messages. */
export function describeInbox({ it }: ContractFramework, create: EventStoreFactory): void {
  const mark = { consumer: 'orders', messageId: 'shop/1' };

  it('knows what was recorded, by consumer and message', async () => {
    const { inbox, close } = await create();
    assert.equal(await inbox.has(mark), false);
    await inbox.record(mark);
    await inbox.record(mark);
    assert.equal(await inbox.has(mark), true);
    assert.equal(await inbox.has({ ...mark, consumer: 'stock' }), false);
    assert.equal(await inbox.has({ ...mark, messageId: 'shop/2' }), false);
    await close();
  });

  it('keeps an answer with its mark and no longer, where it keeps any', async () => {
    const { store, inbox, advance, close } = await create();
    const keep = inbox.keepAnswer?.bind(inbox);
    const answerOf = inbox.answerOf?.bind(inbox);
    if (!keep || !answerOf) return close();
    await keep(mark, '{"answer":1}');
    assert.equal(await inbox.has(mark), false);
    assert.equal(await answerOf(mark), undefined);
    await store.appendToStream('a-1', [event('x')], { inbox: mark });
    assert.equal(await answerOf(mark), undefined);
    await keep(mark, '{"answer":1}');
    await keep(mark, '{"answer":"zwei"}');
    assert.equal(await answerOf(mark), '{"answer":"zwei"}');
    assert.equal(await answerOf({ ...mark, messageId: 'shop/2' }), undefined);
    await inbox.record(mark);
    assert.equal(await answerOf(mark), '{"answer":"zwei"}');
    await advance(DEFAULT_INBOX_RETENTION_MS);
    assert.equal(await answerOf(mark), undefined);
    await inbox.record(mark);
    assert.equal(await inbox.has(mark), true);
    assert.equal(await answerOf(mark), undefined);
    await close();
  });

  it('forgets marks after the retention time, and takes them again', async () => {
    const { store, inbox, advance, close } = await create();
    await store.appendToStream('a-1', [event('x')], { inbox: mark });
    await advance(DEFAULT_INBOX_RETENTION_MS - 1);
    assert.equal(await inbox.has(mark), true);
    await advance(1);
    assert.equal(await inbox.has(mark), false);
    await store.appendToStream('a-1', [event('x')], { inbox: mark });
    assert.equal(await inbox.has(mark), true);
    await close();
  });
}
