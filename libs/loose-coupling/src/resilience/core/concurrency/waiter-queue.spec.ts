import type { Waiter } from './concurrency-limiter.port.js';
import { WaiterQueue } from './waiter-queue.js';

const waiter = (): Waiter => ({ grant: () => undefined, previous: undefined, next: undefined, queued: false });

function queueOf(count: number): { queue: WaiterQueue; waiters: Waiter[] } {
  const queue = new WaiterQueue();
  const waiters = Array.from({ length: count }, waiter);
  for (const each of waiters) queue.push(each);
  return { queue, waiters };
}

function drain(queue: WaiterQueue): Waiter[] {
  const order: Waiter[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) order.push(next);
  return order;
}

describe('WaiterQueue', () => {
  it('is empty at first', () => {
    const queue = new WaiterQueue();
    expect(queue.length).toBe(0);
    expect(queue.shift()).toBeUndefined();
  });

  it('hands out waiters in the order they came', () => {
    const { queue, waiters } = queueOf(3);
    expect(queue.length).toBe(3);
    expect(waiters.every((each) => each.queued)).toBe(true);
    expect(drain(queue).map((each) => waiters.indexOf(each))).toEqual([0, 1, 2]);
    expect(queue.length).toBe(0);
    expect(waiters.some((each) => each.queued)).toBe(false);
  });

  it.each([0, 1, 2])('closes the gap when waiter %i of three leaves', (leaving) => {
    const { queue, waiters } = queueOf(3);
    expect(queue.remove(waiters[leaving]!)).toBe(true);
    expect(waiters[leaving]!.queued).toBe(false);
    expect(queue.length).toBe(2);
    const late = waiter();
    queue.push(late);
    expect(drain(queue)).toEqual([...waiters.filter((_, index) => index !== leaving), late]);
  });

  it('can be used again after its only waiter left', () => {
    const { queue, waiters } = queueOf(1);
    expect(queue.remove(waiters[0]!)).toBe(true);
    expect(queue.shift()).toBeUndefined();
    const late = waiter();
    queue.push(late);
    expect(queue.shift()).toBe(late);
  });

  it('leaves a waiter that is not queued alone, also one that left already', () => {
    const { queue, waiters } = queueOf(2);
    expect(queue.remove(waiter())).toBe(false);
    expect(queue.remove(waiters[0]!)).toBe(true);
    expect(queue.remove(waiters[0]!)).toBe(false);
    expect(queue.length).toBe(1);
    expect(queue.shift()).toBe(waiters[1]);
  });

  it('keeps no neighbour of a waiter that left alive', () => {
    const { queue, waiters } = queueOf(3);
    queue.remove(waiters[1]!);
    expect(waiters[1]).toMatchObject({ previous: undefined, next: undefined });
    queue.shift();
    expect(waiters[0]).toMatchObject({ previous: undefined, next: undefined });
    expect(waiters[2]!.previous).toBeUndefined();
  });

  it('takes back a waiter that left, at the end', () => {
    const { queue, waiters } = queueOf(3);
    queue.push(queue.shift()!);
    expect(drain(queue).map((each) => waiters.indexOf(each))).toEqual([1, 2, 0]);
  });
});
