import { BARE } from '../../harness/measure.mjs';

/** What is called: the least that can be awaited. */
export const work = async (value) => value;

/** The same, for policies that hand it a signal, which it looks at. */
export const workWithSignal = async (value, signal) => (signal.aborted ? -1 : value);

export const fail = () => Promise.reject(new Error('The dependency is down.'));

/** TypeScript's `@decorator` above the method `find` of a new class. */
export function serviceWith(decorators) {
  class Service {
    find(value) {
      return work(value);
    }
  }
  const { prototype } = Service;
  const descriptor = decorators.reduceRight(
    (given, decorator) => decorator(prototype, 'find', given) ?? given,
    Object.getOwnPropertyDescriptor(prototype, 'find'),
  );
  Object.defineProperty(prototype, 'find', descriptor);
  return new Service();
}

export const bare = {
  name: BARE,
  calls: { 'the function': () => ({ call: work }) },
};
