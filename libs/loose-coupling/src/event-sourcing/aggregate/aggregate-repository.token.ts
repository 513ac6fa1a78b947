import { Inject } from '@nestjs/common';

const KEY = Symbol.for('nestjs-loose-coupling:aggregate-repository');
type Marked = { [KEY]?: symbol };

/** Token of the repository of an aggregate class, for `moduleRef.get` and test overrides. */
export function getAggregateRepositoryToken(aggregate: { readonly name: string }): symbol {
  if (!Object.hasOwn(aggregate, KEY)) {
    Object.defineProperty(aggregate, KEY, { value: Symbol(`AggregateRepository<${aggregate.name}>`) });
  }
  return (aggregate as Marked)[KEY] as symbol;
}

/** Injects the `AggregateRepository` of an aggregate class. */
export const InjectAggregateRepository = (aggregate: { readonly name: string }) =>
  Inject(getAggregateRepositoryToken(aggregate));
