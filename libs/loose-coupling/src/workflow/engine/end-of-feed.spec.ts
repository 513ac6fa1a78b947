import { MemoryEventStore } from '../../event-sourcing/runtime.js';
import { endOfFeed } from './end-of-feed.js';

describe('the end of the feed', () => {
  it.each([0, 1, 2, 3, 4, 5, 31, 32, 33, 100])(
    'is the position of the last of %i events, found in few reads',
    async (count) => {
      const store = new MemoryEventStore();
      for (let each = 0; each < count; each++) await store.appendToStream('s', [{ type: 'x', data: each }]);
      const read = jest.spyOn(store, 'readAll');
      let last = 0;
      for await (const { position } of store.readStream('s')) last = position;
      expect(await endOfFeed(store)).toBe(last);
      expect(read.mock.calls.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count + 1)) + 2);
    },
  );
});
