import assert from 'node:assert/strict';
import { currentCorrelation, withCorrelation, type Correlation } from '../../kernel/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import type { ContractFramework } from './contract-framework.js';
import { collect, event, events, type EventStoreFactory } from './event-store-under-test.js';

/** Following the feed. */
export function describeSubscribing({ it }: ContractFramework, create: EventStoreFactory): void {
  it('hands over what is stored, then what is appended, once and in order', async () => {
    const { store, other, advance, close } = await create();
    await store.appendToStream('a-1', events(600));
    const seen: number[] = [];
    const subscription = store.subscribeToAll(({ position }) => void seen.push(position));
    await advance(0);
    await store.appendToStream('b-1', events(2));
    await other.appendToStream('c-1', events(2));
    // Longer than any store may take to notice another process.
    await advance(1000);
    assert.equal(seen.length, 604);
    assert.deepEqual(
      seen,
      [...seen].sort((one, another) => one - another),
    );
    assert.equal(new Set(seen).size, 604);
    assert.equal(subscription.position, seen.at(-1));
    await close();
  });

  it('begins after the given position', async () => {
    const { store, advance, close } = await create();
    await store.appendToStream('a-1', events(3));
    const position = (await collect(store.readAll())).at(-1)?.position;
    await store.appendToStream('a-1', [event('later')]);
    const seen: string[] = [];
    store.subscribeToAll(({ type }) => void seen.push(type), { afterPosition: position ?? 0 });
    await advance(0);
    assert.deepEqual(seen, ['later']);
    await close();
  });

  it('calls a handler that throws again with the same event, later and later', async () => {
    const { store, advance, close } = await create();
    const calls: number[] = [];
    let failures = 3;
    store.subscribeToAll(({ version }) => {
      calls.push(version);
      if (version === 2 && failures-- > 0) throw new Error('not yet');
    });
    await store.appendToStream('a-1', events(3));
    await advance(0);
    assert.deepEqual(calls, [1, 2]);
    await advance(60_000);
    assert.deepEqual(calls, [1, 2, 2, 2, 2, 3]);
    await close();
  });

  it('calls a handler in the trace and the correlation of the work that stored the event', async () => {
    const { store, advance, close } = await create();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const stored = {
      correlationId: 'c',
      tenantId: 't',
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      tracestate: 'v=1',
    };
    await withCorrelation(stored, () => store.appendToStream('a-1', events(1)));
    let seen: Correlation | undefined;
    store.subscribeToAll(() => void (seen = currentCorrelation()));
    await advance(0);
    assert.equal(seen?.correlationId, 'c');
    assert.equal(seen.tenantId, 't');
    assert.match(seen.traceparent ?? '', new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)`));
    assert.equal(seen.tracestate, 'v=1');
    await close();
  });

  it('waits on close for the handler that runs, and calls it no more', async () => {
    const { store, advance, close } = await create();
    await store.appendToStream('a-1', events(3));
    let finish = (): void => undefined;
    const calls: EventEnvelope[] = [];
    const subscription = store.subscribeToAll((envelope) => {
      calls.push(envelope);
      return new Promise((resolve) => (finish = resolve));
    });
    await advance(0);
    let closed = false;
    const closing = subscription.close().then(() => (closed = true));
    await advance(0);
    assert.equal(closed, false);
    finish();
    await closing;
    assert.equal(calls.length, 1);
    assert.equal(subscription.position, calls[0]?.position);
    await close();
  });

  it('ends when its signal is aborted, also while it waits', async () => {
    const { store, advance, close } = await create();
    const controller = new AbortController();
    const seen: number[] = [];
    const { signal } = controller;
    const subscription = store.subscribeToAll(({ version }) => void seen.push(version), { signal });
    await store.appendToStream('a-1', events(1));
    await advance(0);
    controller.abort();
    await store.appendToStream('a-1', events(1));
    await advance(1000);
    assert.deepEqual(seen, [1]);
    await subscription.close();
    await close();
  });
}
