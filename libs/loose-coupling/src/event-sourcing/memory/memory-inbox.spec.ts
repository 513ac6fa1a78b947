import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryInbox } from './memory-inbox.js';

const mark = (number: number) => ({ consumer: 'c', messageId: `s/${number}` });

describe('MemoryInbox', () => {
  it('drops the oldest marks when there are too many', async () => {
    const inbox = new MemoryInbox(new FakeClock(), 1000, 3);
    for (let number = 1; number <= 5; number++) await inbox.record(mark(number));
    expect(inbox.size).toBe(3);
    expect(await inbox.has(mark(2))).toBe(false);
    expect(await inbox.has(mark(3))).toBe(true);
  });

  it('drops expired marks as new ones come', async () => {
    const clock = new FakeClock();
    const inbox = new MemoryInbox(clock, 1000);
    for (let number = 1; number <= 5; number++) await inbox.record(mark(number));
    await clock.advance(1000);
    await inbox.record(mark(6));
    expect(inbox.size).toBe(1);
  });
});
