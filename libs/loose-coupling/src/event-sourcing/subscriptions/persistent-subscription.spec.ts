import { currentCorrelation } from '../../kernel/index.js';
import { DeadLetter, Discard, RetryLater } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { FakeDynamoDb, FakeTable } from '../../aws/event-store/testing/fake-dynamodb.js';
import { DynamoDbEventStore } from '../../aws/event-store/dynamodb-event-store.js';
import type { EventEnvelope } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { event } from '../testing/event-store-under-test.js';
import { PersistentSubscriptions } from './persistent-subscriptions.js';
import type { SubscriptionHandler, SubscriptionParts } from './subscription-parts.js';

const clock = new FakeClock();

function open(upcast?: SubscriptionParts['upcast']) {
  const store = new MemoryEventStore({ clock });
  const { checkpoints } = store;
  const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock, ...(upcast && { upcast }) });
  subscriptions.start();
  return { store, checkpoints, subscriptions };
}

describe('a handler of a subscription', () => {
  it('may ask for a later attempt that is not counted, park at once, or pass on', async () => {
    const { store, subscriptions } = open();
    const calls: string[] = [];
    const handler: SubscriptionHandler = ({ type }, { attempt }) => {
      calls.push(`${type}#${attempt}`);
      if (type === 'later' && calls.length < 4) throw new RetryLater(1000);
      if (type === 'bad') throw new DeadLetter('no use');
      if (type === 'old') throw new Discard();
    };
    const subscription = subscriptions.subscribe({ name: 's', retry: { maxAttempts: 2 } }, handler);
    for (const type of ['later', 'bad', 'old']) await store.appendToStream(type, [event(type)]);
    await clock.advance(900);
    expect(calls).toEqual(['later#1']);
    await clock.advance(5000);
    expect(calls).toEqual(['later#1', 'later#1', 'later#1', 'later#1', 'bad#1', 'old#1']);
    expect((await subscription.parked()).map(({ type }) => type)).toEqual(['bad']);
    await store.close();
    await subscriptions.close();
  });

  it('is given events in the shape of today, however many came of one', async () => {
    const twice = (one: EventEnvelope): EventEnvelope[] =>
      one.type === 'gone' ? [] : [one, { ...one, type: `${one.type} again`, id: `${one.id}-2` }];
    const { store, subscriptions } = open(twice);
    const seen: string[] = [];
    subscriptions.subscribe({ name: 's', types: ['x again', 'gone'] }, ({ type }) => void seen.push(type));
    await store.appendToStream('a', [event('x'), event('gone'), event('x')]);
    await clock.advance(100);
    expect(seen).toEqual(['x again', 'x again']);
    await subscriptions.close();
    await store.close();
  });

  it('is the cause of what it stores, and may store more than once', async () => {
    const { store, subscriptions } = open();
    const causes: unknown[] = [];
    subscriptions.subscribe({ name: 's', types: ['x'] }, async ({ id }) => {
      causes.push(currentCorrelation()?.causationId === id);
      for (const name of ['b', 'c']) await store.appendToStream(name, [event('y')]);
    });
    await store.appendToStream('a', [event('x')]);
    await clock.advance(100);
    expect(causes).toEqual([true]);
    expect(await store.lastPosition()).toBe(3);
    await subscriptions.close();
    await store.close();
  });

  it('is told when another process has taken over', async () => {
    const { store, checkpoints, subscriptions } = open();
    let signal: AbortSignal | undefined;
    let resume = (): void => undefined;
    subscriptions.subscribe({ name: 's', leaseDuration: 1000 }, (_event, context) => {
      signal = context.signal;
      return new Promise((resolve) => (resume = resolve));
    });
    await store.appendToStream('a', [event('x')]);
    await clock.advance(10);
    expect(signal?.aborted).toBe(false);
    await checkpoints.delete('s');
    await checkpoints.acquire('s', 'another', 1000);
    await clock.advance(700);
    expect(signal?.aborted).toBe(true);
    resume();
    await clock.advance(50);
    expect(await checkpoints.read('s')).toMatchObject({ position: 0, holder: 'another' });
    await subscriptions.close();
    await store.close();
  });
});

describe('subscriptions', () => {
  it('list everything that is wrong with their options', () => {
    const { subscriptions } = open();
    const wrong = { name: '', from: 'middle', batchSize: 0, partitions: 1.5, retry: { maxAttempts: 0 }, typ: [] };
    expect(() => subscriptions.subscribe(wrong as never, () => undefined)).toThrow(/has 6 fault\(s\)/);
  });

  it('take no more once they are closed', async () => {
    const { subscriptions } = open();
    await subscriptions.close();
    expect(() => subscriptions.subscribe({ name: 's' }, () => undefined)).toThrow(
      expect.objectContaining({ code: 'LC_CLOSED' }),
    );
  });

  it('go on after the store was away, and park nothing for it', async () => {
    const { store, checkpoints } = open();
    let away = true;
    const faults: string[] = [];
    const flaky = Object.create(store, {
      readAll: {
        value: (options: object) => {
          if (away) throw new Error('away');
          return store.readAll(options);
        },
      },
    }) as MemoryEventStore;
    const subscriptions = new PersistentSubscriptions({
      store: flaky,
      checkpoints,
      clock,
      report: (fault) => faults.push(fault),
    });
    const seen: number[] = [];
    const subscription = subscriptions.subscribe({ name: 's' }, ({ position }) => void seen.push(position));
    subscriptions.start();
    await store.appendToStream('a', [event('x')]);
    await clock.advance(60_000);
    expect(seen).toEqual([]);
    expect(faults.length).toBeGreaterThan(3);
    away = false;
    await clock.advance(60_000);
    expect(seen).toEqual([1]);
    expect(await subscription.parked()).toEqual([]);
    await subscriptions.close();
    await store.close();
  });
});

describe('a step on DynamoDB', () => {
  const openTable = () => {
    const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(new FakeTable()), clock });
    const subscriptions = new PersistentSubscriptions({ store, checkpoints: store.checkpoints, clock });
    subscriptions.start();
    return { store, subscriptions };
  };

  it('ends where a transaction is full', async () => {
    const { store, subscriptions } = openTable();
    const steps: number[] = [];
    subscriptions.onMoved((_name, position) => steps.push(position));
    subscriptions.subscribe(
      { name: 's' },
      ({ position }, { documents }) => {
        for (let index = 0; index < 40; index += 1) documents.put(`${position}/${index}`, index);
      },
      { documents: { collection: 'c' } },
    );
    await store.appendToStream(
      'a',
      Array.from({ length: 5 }, () => event('x')),
    );
    await clock.advance(2000);
    expect(steps).toEqual([2, 4, 5]);
    expect((await store.checkpoints.documents.getAll('c', ['1/0', '5/39'])).size).toBe(2);
    await subscriptions.close();
    await store.close();
  });

  it('is too large for one event: it is parked, and says why', async () => {
    const { store, subscriptions } = openTable();
    const subscription = subscriptions.subscribe(
      { name: 's', retry: { maxAttempts: 1 } },
      ({ streamName }, { documents }) => {
        for (let index = 0; index < (streamName === 'a' ? 100 : 99); index += 1) documents.put(`${index}`, streamName);
      },
      { documents: { collection: 'c' } },
    );
    await store.appendToStream('a', [event('x')]);
    await store.appendToStream('b', [event('x')]);
    await clock.advance(2000);
    expect((await subscription.parked()).map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^TooManyChangesError: One event changes 100 documents/),
    ]);
    expect((await store.checkpoints.documents.getAll('c', ['0'])).get('0')?.value).toBe('b');
    await subscriptions.close();
    await store.close();
  });
});
