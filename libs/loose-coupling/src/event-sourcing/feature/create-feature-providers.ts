import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { FaultList, InvalidOptionsError } from '../../kernel/index.js';
import { EventStore } from '../core/event-store.js';
import { SqliteInlineProjection } from '../sqlite/sqlite-inline-projection.js';
import { AGGREGATE_FEATURE, type AggregateType, type Feature } from './aggregate-feature.token.js';

/** What a feature module declares. */
export interface EventSourcingFeatureOptions {
  /** Classes that extend `EventSourcedAggregateRoot`. */
  readonly aggregates?: readonly AggregateType[];
  /** Classes that extend `SqliteInlineProjection`. */
  readonly projections?: readonly Type<SqliteInlineProjection>[];
}

/**
 * Providers of a feature module.
 * @throws {InvalidOptionsError} when a class is not what it is listed as
 */
export function createFeatureProviders(options: EventSourcingFeatureOptions): Feature {
  const { aggregates = [], projections = [] } = options;
  const faults = new FaultList('LooseCouplingModule.forFeature()');
  const features = [
    ...aggregates.map((aggregate) => aggregateFeatureOf(aggregate, faults)),
    ...projections.map((projection) => projectionFeature(projection)),
  ];
  faults.throwIfAny();
  return {
    providers: [...new Set(features.flatMap(({ providers }) => providers))],
    exports: [...new Set<InjectionToken>(features.flatMap(({ exports }) => exports))],
  };
}

function aggregateFeatureOf(aggregate: AggregateType, faults: FaultList): Feature {
  const make = aggregate?.[AGGREGATE_FEATURE];
  if (make) return make(aggregate as never);
  faults.add('aggregates', 'classes that extend EventSourcedAggregateRoot', aggregate);
  return { providers: [], exports: [] };
}

function projectionFeature(projection: Type<SqliteInlineProjection>): Feature {
  const attached: Provider = {
    provide: Symbol(`attached ${projection.name}`),
    useFactory: (store: EventStore, instance: SqliteInlineProjection) => attach(store, instance),
    inject: [EventStore, projection],
  };
  return { providers: [projection, attached], exports: [projection] };
}

function attach(store: EventStore, projection: SqliteInlineProjection): true {
  const host = store as Partial<{ addProjection(projection: SqliteInlineProjection): void }>;
  if (!host.addProjection) {
    throw new InvalidOptionsError('LooseCouplingModule.forFeature()', [
      `projections: ${projection.constructor.name} needs a SQLite store. Set store: { type: 'sqlite' }, ` +
        "or { type: 'sqlite', file: ':memory:' } in tests",
    ]);
  }
  host.addProjection(projection);
  return true;
}
