import { FakeClock } from '../../testing/fake-clock.js';
import { RecentlyHandled } from './recently-handled.js';

describe('RecentlyHandled', () => {
  it('forgets the oldest when full', () => {
    const handled = new RecentlyHandled(new FakeClock(), 2);
    for (const id of ['a', 'b', 'a', 'c']) handled.remember(id);
    expect(['a', 'b', 'c'].filter((id) => handled.has(id))).toEqual(['a', 'c']);
    expect(handled.size).toBe(2);
  });

  it('forgets after its time, and when told', async () => {
    const clock = new FakeClock();
    const handled = new RecentlyHandled(clock, 10, 1_000);
    handled.remember('a');
    handled.remember('b');
    handled.forget('b');
    await clock.advance(999);
    expect([handled.has('a'), handled.has('b')]).toEqual([true, false]);
    await clock.advance(1);
    expect(handled.has('a')).toBe(false);
    expect(handled.size).toBe(0);
  });
});
