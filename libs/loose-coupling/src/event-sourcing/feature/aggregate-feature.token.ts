import type { InjectionToken, Provider } from '@nestjs/common';

/** What a class brings to the module that lists it in `forFeature`. */
export interface Feature {
  readonly providers: readonly Provider[];
  readonly exports: readonly InjectionToken[];
}

/** Static member of aggregate classes: makes their feature, so that nobody else needs to load @nestjs/cqrs. */
export const AGGREGATE_FEATURE = Symbol.for('nestjs-loose-coupling:aggregate-feature');

/** An aggregate class, as `forFeature` sees it. */
export interface AggregateType {
  readonly name: string;
  readonly [AGGREGATE_FEATURE]?: (aggregate: never) => Feature;
}
