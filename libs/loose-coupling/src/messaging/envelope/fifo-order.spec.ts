import { fifoOrderOf } from './fifo-order.js';

const HASH = expect.stringMatching(/^[\da-f]{64}$/) as string;

describe('the order of a message', () => {
  it('is that of its key, or its own', () => {
    expect(fifoOrderOf({ id: '1', partitionkey: 'k' })).toEqual({ groupId: 'k', deduplicationId: '1' });
    expect(fifoOrderOf({ id: '1' })).toEqual({ groupId: '1', deduplicationId: '1' });
  });

  it.each(['Jörg', 'two words', 'x'.repeat(129)])('is kept where AWS takes no %s', (text) => {
    const order = fifoOrderOf({ id: text, partitionkey: `${text}!` });
    expect(order).toEqual({ groupId: HASH, deduplicationId: HASH });
    expect(fifoOrderOf({ id: text, partitionkey: `${text}!` })).toEqual(order);
    expect(order.groupId).not.toBe(order.deduplicationId);
  });
});
