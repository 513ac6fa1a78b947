import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { CheckpointStore } from '../subscriptions/checkpoint-store.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { codeOf, event } from '../testing/event-store-under-test.js';
import { On, type ProjectionContext } from './on.decorator.js';
import { Projection } from './projection.decorator.js';
import { Projections } from './projections.js';

@Projection<number>({ name: 'counts' })
class Counts {
  @On('x')
  take(_data: unknown, { documents }: ProjectionContext<number>): void {
    documents.update('all', (count) => (count ?? 0) + 1);
  }
}

describe('a build that takes over', () => {
  it('does not while the one that serves is further, as readers would go back', async () => {
    const clock = new FakeClock();
    const store = new MemoryEventStore({ clock });
    const outcomes: unknown[] = [];
    const { checkpoints: inner } = store;
    // In the moment between coming to the end of the feed and the takeover, the other build takes one more event in.
    const move: CheckpointStore['move'] = async (lease, step) => {
      if (step.notBehind === undefined) return inner.move(lease, step);
      if (outcomes.length === 0) {
        await store.appendToStream('a', [event('x')]);
        while ((await inner.read(step.notBehind))?.position !== 2)
          await new Promise((resolve) => setImmediate(resolve));
      }
      const moved = inner.move(lease, step);
      outcomes.push(
        await moved.then(
          () => 'moved',
          () => codeOf(moved),
        ),
      );
      return moved;
    };
    const checkpoints = Object.create(inner, { move: { value: move } }) as CheckpointStore;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    const projections = new Projections({ store, checkpoints, subscriptions, clock, upcast: (one) => [one] });
    projections.add(new Counts());
    await store.appendToStream('a', [event('x')]);
    subscriptions.start();
    await projections.start();
    await clock.advance(100);
    await projections.rebuild(Counts);
    await clock.advance(20_000);
    expect(outcomes).toEqual(['LC_CHECKPOINT_BEHIND', 'moved']);
    expect((await projections.status(Counts)).live?.run).toBe(1);
    expect(await projections.readModel(Counts).get('all')).toBe(2);
    await projections.close();
    await subscriptions.close();
    await store.close();
  });
});

describe('a projection that serves', () => {
  it('does not ask after each event who serves, as it knows', async () => {
    const clock = new FakeClock();
    const store = new MemoryEventStore({ clock });
    const { checkpoints } = store;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    const projections = new Projections({ store, checkpoints, subscriptions, clock, upcast: (one) => [one] });
    projections.add(new Counts());
    subscriptions.start();
    await projections.start();
    await clock.advance(100);
    const asked = jest.spyOn(checkpoints.documents, 'getAll');
    await store.appendToStream('a', [event('x')]);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(asked.mock.calls.map(([collection]) => collection)).toEqual(['counts@1.0']);
    await projections.close();
    await subscriptions.close();
    await store.close();
  });
});

describe('a build that is made', () => {
  it('leaves the lease alone that another process has got in the meantime', async () => {
    const clock = new FakeClock();
    const store = new MemoryEventStore({ clock });
    const { checkpoints: inner } = store;
    let taken = false;
    const read: CheckpointStore['read'] = async (name) => {
      const found = await inner.read(name);
      if (!found && !taken) {
        taken = true;
        await inner.acquire(name, 'another', 10_000);
      }
      return found;
    };
    const checkpoints = Object.create(inner, { read: { value: read } }) as CheckpointStore;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    const projections = new Projections({ store, checkpoints, subscriptions, clock, upcast: (one) => [one] });
    projections.add(new Counts());
    await projections.start();
    expect(await inner.read('counts@1.0')).toMatchObject({ holder: 'another', expiresAt: clock.now() + 10_000 });
    await projections.close();
    await subscriptions.close();
    await store.close();
  });
});

describe('who asks for a projection', () => {
  const setUp = () => {
    const clock = new FakeClock();
    const store = new MemoryEventStore({ clock });
    const { checkpoints } = store;
    const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock });
    return new Projections({ store, checkpoints, subscriptions, clock, upcast: (one) => [one] });
  };

  it('by a name that there is not is told so when reading, with those that there are', async () => {
    const projections = setUp();
    const early = projections.readModel('counts');
    projections.add(new Counts());
    const model = projections.readModel('count');
    for (const refused of [model.get('all'), model.getAll(['all']), model.list('all')]) {
      await expect(refused).rejects.toMatchObject({
        code: 'LC_UNKNOWN_PROJECTION',
        message: expect.stringContaining('no projection "count" here; known are counts.') as string,
      });
    }
    expect(await early.get('all')).toBeUndefined();
  });

  it.each([Number.NaN, -1, Infinity, '5'])('and waits %p milliseconds for it is refused', async (timeout) => {
    const projections = setUp();
    projections.add(new Counts());
    const waiting = projections.waitForProjection(Counts, 1, { timeout: timeout as number });
    expect(await codeOf(waiting)).toBe('LC_INVALID_OPTIONS');
  });
});
