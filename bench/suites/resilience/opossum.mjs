import { fail, work } from './work.mjs';

/** A breaker is made for one function, has one window (by time), and a timeout and a capacity as options. */
export async function opossum(specifier) {
  const { default: CircuitBreaker } = await import(specifier);
  const firing = (options, action = work) => {
    const breaker = new CircuitBreaker(action, options);
    return { breaker, call: (value) => breaker.fire(value), close: () => breaker.shutdown() };
  };
  const withTimeoutAndCapacity = () => firing({ timeout: 10_000, capacity: 100 });
  const asIs = 'fire(), with timeout and capacity; no retry';
  return {
    name: 'opossum',
    notes: {
      'four policies': asIs,
      'six policies': `${asIs}, with fallback`,
      'breaker, last 10 seconds': 'fire(), timeout off',
    },
    calls: {
      'breaker, last 10 seconds': () => firing({ timeout: false }),
      'four policies': withTimeoutAndCapacity,
      'six policies': () => {
        const opened = withTimeoutAndCapacity();
        opened.breaker.fallback(() => -1);
        return opened;
      },
      'an open circuit refuses': () => {
        const opened = firing({ timeout: false });
        opened.breaker.open();
        return opened;
      },
      'the dependency fails': () => firing({ timeout: false, volumeThreshold: 1_000_000 }, fail),
      'idle circuits': async (count) => {
        const breakers = new Map();
        for (let key = 0; key < count; key++) {
          const breaker = new CircuitBreaker(work, { name: String(key) });
          breakers.set(String(key), breaker);
          await breaker.fire(key);
        }
        return breakers;
      },
    },
    dispose: (breakers) => breakers.forEach((breaker) => breaker.shutdown()),
  };
}
