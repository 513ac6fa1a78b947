import { DeadLetter, Discard, RetryLater, type MessageContext } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { Commit } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { event, read } from '../testing/event-store-under-test.js';
import { InboxMiddleware } from './inbox.middleware.js';

const context = (more: Partial<MessageContext> = {}) =>
  ({ id: 'm1', source: 'shop', handler: 'orders.Handler.handle', ...more }) as MessageContext;
const mark = { consumer: 'orders.Handler.handle', messageId: '["shop","m1"]' };
const commitOf = (streamName = 'a-1', more: Partial<Commit> = {}): Commit => ({
  appends: [{ streamName, events: [event('x')] }],
  ...more,
});

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryEventStore({ clock });
  const middleware = new InboxMiddleware(store.inbox);
  const deliver = (handler: () => Promise<unknown>, more?: Partial<MessageContext>) =>
    middleware.handle(context(more), {}, handler);
  return { clock, store, deliver };
}

describe('InboxMiddleware', () => {
  it('gives the first commit of a run the mark of the message', async () => {
    const { store, deliver } = setUp();
    const commit = jest.spyOn(store as never as { write(commit: unknown): unknown }, 'write');
    expect(await deliver(async () => (await store.commit(commitOf())).length)).toBe(1);
    expect(commit).toHaveBeenCalledWith(expect.objectContaining({ inbox: mark }));
    expect(await store.inbox.has(mark)).toBe(true);
  });

  it('acknowledges a message that was handled without running the handler', async () => {
    const { store, deliver } = setUp();
    await deliver(() => store.commit(commitOf()));
    const handler = jest.fn(async () => undefined);
    expect(await deliver(handler)).toBeUndefined();
    expect(handler).not.toHaveBeenCalled();
    await deliver(handler, { handler: 'another' });
    await deliver(handler, { source: 'elsewhere' });
    await deliver(handler, { source: 'a/b', id: 'c' });
    await deliver(handler, { source: 'a', id: 'b/c' });
    expect(handler).toHaveBeenCalledTimes(4);
  });

  it('records the mark after a handler that committed nothing', async () => {
    const { store, deliver } = setUp();
    await deliver(async () => undefined);
    expect(await store.inbox.has(mark)).toBe(true);
  });

  it('waits for a commit that the handler has not waited for, as its own mark would refuse it', async () => {
    const { store, deliver } = setUp();
    const failed = jest.fn();
    const target = store as never as { write(commit: unknown): Promise<unknown> };
    const write = target.write.bind(store);
    jest.spyOn(target, 'write').mockImplementation(async (commit) => {
      await new Promise((resolve) => setImmediate(resolve));
      return write(commit);
    });
    await deliver(async () => void store.commit(commitOf()).catch(failed));
    expect((await read(store, 'a-1')).length).toBe(1);
    expect(failed).not.toHaveBeenCalled();
    expect(await store.inbox.has(mark)).toBe(true);
  });

  it('leaves no mark when the handler fails, before its commit or in it', async () => {
    const { store, deliver } = setUp();
    await expect(deliver(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const conflict = commitOf('a-1', { appends: [{ streamName: 'a-1', events: [event('x')], expectedVersion: 9 }] });
    await expect(deliver(() => store.commit(conflict))).rejects.toMatchObject({ code: 'LC_WRONG_EXPECTED_VERSION' });
    expect(await store.inbox.has(mark)).toBe(false);
  });

  it('makes an error after the commit final, as a redelivery would skip what is missing', async () => {
    const { store, deliver } = setUp();
    for (const cause of [new Error('no'), new RetryLater(5), 'thrown text']) {
      const id = String(cause);
      const handling = deliver(
        async () => {
          await store.commit(commitOf(`a-${id}`));
          throw cause;
        },
        { id },
      );
      await expect(handling).rejects.toMatchObject({ code: 'LC_FAILED_AFTER_COMMIT', cause });
      expect(await read(store, `a-${id}`)).toHaveLength(1);
    }
  });

  it('waits for a commit on its way before it judges the error of the handler', async () => {
    const { store, deliver } = setUp();
    const handling = deliver(() => Promise.all([store.commit(commitOf()), Promise.reject(new Error('no'))]));
    await expect(handling).rejects.toMatchObject({ code: 'LC_FAILED_AFTER_COMMIT', message: /Error: no\..*stands/ });
    expect(await read(store, 'a-1')).toHaveLength(1);
  });

  it('makes a second commit final also when the handler wraps its error', async () => {
    const { store, deliver } = setUp();
    const handling = deliver(async () => {
      await store.commit(commitOf('a-1'));
      await store.commit(commitOf('b-1')).catch((cause: unknown) => {
        throw new Error('wrapped', { cause });
      });
    });
    await expect(handling).rejects.toMatchObject({ code: 'LC_FAILED_AFTER_COMMIT' });
  });

  it.each([new Discard(), new DeadLetter()])('leaves the last word to the handler: %p', async (error) => {
    const { store, deliver } = setUp();
    const handling = deliver(async () => {
      await store.commit(commitOf());
      throw error;
    });
    await expect(handling).rejects.toBe(error);
  });

  it('does not use the mark up on a commit that fails, so that it can be tried again', async () => {
    const { store, deliver } = setUp();
    await deliver(async () => {
      const conflict = { streamName: 'a-1', events: [event('x')], expectedVersion: 9 };
      await store.commit({ appends: [conflict] }).catch(() => undefined);
      await store.commit(commitOf());
    });
    expect(await read(store, 'a-1')).toHaveLength(1);
    expect(await store.inbox.has(mark)).toBe(true);
  });

  it('refuses a second commit, before it writes anything', async () => {
    const { store, deliver } = setUp();
    const handling = deliver(async () => {
      await store.commit(commitOf('a-1'));
      await store.commit(commitOf('b-1'));
    });
    await expect(handling).rejects.toMatchObject({ code: 'LC_SECOND_COMMIT', message: /inbox: null/ });
    expect(await read(store, 'b-1')).toEqual([]);
  });

  it('refuses a second commit also while the first is being written', async () => {
    const { store, deliver } = setUp();
    const settled = await deliver(() =>
      Promise.allSettled([store.commit(commitOf('a-1')), store.commit(commitOf('b-1'))]),
    );
    expect((settled as PromiseSettledResult<unknown>[]).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('lets the same commit be sent again by its id', async () => {
    const { store, deliver } = setUp();
    await deliver(async () => {
      await store.commit(commitOf('a-1', { commitId: 'c1' }));
      await store.commit(commitOf('a-1', { commitId: 'c1' }));
    });
    expect(await read(store, 'a-1')).toHaveLength(1);
  });

  it('records the mark of a run whose commit was stored by an earlier one', async () => {
    const { store, deliver } = setUp();
    await store.commit(commitOf('a-1', { commitId: 'c1' }));
    await deliver(() => store.commit(commitOf('a-1', { commitId: 'c1' })));
    expect(await store.inbox.has(mark)).toBe(true);
  });

  it('leaves commits with `inbox: null`, or a mark of their own, out of the guard', async () => {
    const { store, deliver } = setUp();
    const own = { consumer: 'other', messageId: 'x/1' };
    await deliver(async () => {
      await store.commit(commitOf('a-1', { inbox: null }));
      await store.commit(commitOf('a-1', { inbox: own }));
      await store.commit(commitOf('a-1'));
    });
    expect(await read(store, 'a-1')).toHaveLength(3);
    expect(await store.inbox.has(own)).toBe(true);
  });

  it('guards a commit that names the mark of the run itself', async () => {
    const { store, deliver } = setUp();
    await expect(
      deliver(async () => {
        await store.commit(commitOf('a-1', { inbox: mark }));
        await store.commit(commitOf('a-1'));
      }),
    ).rejects.toMatchObject({ code: 'LC_SECOND_COMMIT' });
  });

  it('counts two deliveries that race as one', async () => {
    const { store, deliver } = setUp();
    const results = await Promise.all([1, 2, 3].map(() => deliver(async () => store.commit(commitOf()))));
    expect(results.filter((result) => result === undefined)).toHaveLength(2);
    expect(await read(store, 'a-1')).toHaveLength(1);
  });

  it('recognises the race also when the handler wraps the error', async () => {
    const { store, deliver } = setUp();
    const wrapping = () =>
      deliver(async () => {
        try {
          return await store.commit(commitOf());
        } catch (cause) {
          throw new Error('could not place the order', { cause });
        }
      });
    await expect(Promise.all([wrapping(), wrapping()])).resolves.toHaveLength(2);
  });

  it('stays out of the way of a handler that said `inbox: false`', async () => {
    const { store, deliver } = setUp();
    for (let run = 0; run < 2; run++) {
      await deliver(
        async () => {
          await store.commit(commitOf());
          await store.commit(commitOf());
        },
        { inbox: false },
      );
    }
    expect(await read(store, 'a-1')).toHaveLength(4);
    expect(await store.inbox.has(mark)).toBe(false);
  });

  it('does not tie what outlives the handler to its message', async () => {
    const { store, deliver } = setUp();
    let later: Promise<unknown> = Promise.resolve();
    let go = (): void => undefined;
    await deliver(async () => {
      later = new Promise<void>((resolve) => (go = resolve)).then(async () => {
        await store.commit(commitOf('b-1'));
        await store.commit(commitOf('b-1'));
      });
      await store.commit(commitOf('a-1'));
    });
    go();
    await later;
    expect(await read(store, 'b-1')).toHaveLength(2);
  });

  it('does not tie a subscription to the message whose handler opened it', async () => {
    const { clock, store, deliver } = setUp();
    await store.appendToStream('a-1', [event('x'), event('x')]);
    let finish = (): void => undefined;
    const handling = deliver(async () => {
      store.subscribeToAll(async ({ streamName }) => {
        if (streamName === 'a-1') await store.commit(commitOf('b-1'));
      });
      await new Promise<void>((resolve) => (finish = resolve));
    });
    await clock.advance(0);
    finish();
    await handling;
    expect(await read(store, 'b-1')).toHaveLength(2);
    await store.close();
  });
});
