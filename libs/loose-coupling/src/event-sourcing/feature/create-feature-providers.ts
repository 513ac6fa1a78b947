import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { FaultList, InvalidOptionsError } from '../../kernel/index.js';
import { EventStore } from '../core/event-store.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import { processManagerFeature } from '../process-manager/process-manager.feature.js';
import type { ProcessManagerClass } from '../process-manager/process-manager-model.js';
import { SqliteInlineProjection } from '../sqlite/sqlite-inline-projection.js';
import type { UpcasterFunction } from '../upcasting/upcaster.js';
import type { UpcasterClass } from '../upcasting/upcaster.decorator.js';
import { AGGREGATE_FEATURE, type AggregateType, type Feature } from './aggregate-feature.token.js';
import { upcasterFeature } from './upcaster-feature.js';

/** What a feature module declares. */
export interface EventSourcingFeatureOptions {
  /** Classes that extend `EventSourcedAggregateRoot`. */
  readonly aggregates?: readonly AggregateType[];
  /** Classes that extend `SqliteInlineProjection`. */
  readonly projections?: readonly Type<SqliteInlineProjection>[];
  /** Classes with `@Upcaster`, and what `defineUpcaster` makes. */
  readonly upcasters?: readonly (UpcasterClass | UpcasterFunction)[];
  /** Classes with `@ProcessManager`. */
  readonly processManagers?: readonly ProcessManagerClass[];
}

/**
 * Providers of a feature module.
 * @param eventClasses that it stores or reads without an aggregate that applies them
 * @throws {InvalidOptionsError} when a class is not what it is listed as
 */
export function createFeatureProviders(
  options: EventSourcingFeatureOptions,
  eventClasses: readonly EventClass[] = [],
): Feature {
  const { aggregates = [], projections = [], upcasters = [], processManagers = [] } = options;
  const faults = new FaultList('LooseCouplingModule.forFeature()');
  const features = [
    ...aggregates.map((aggregate) => aggregateFeatureOf(aggregate, faults)),
    ...projections.map((projection) => projectionFeature(projection)),
    upcasterFeature(upcasters, faults),
    ...processManagers.map((manager) => processManagerFeature(manager, faults)),
    eventsFeature(eventClasses),
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

function eventsFeature(eventClasses: readonly EventClass[]): Feature {
  if (eventClasses.length === 0) return { providers: [], exports: [] };
  const registered: Provider = {
    provide: Symbol('registered events'),
    useFactory: (types: EventTypeRegistry) => {
      types.registerEvents('LooseCouplingModule.forFeature({ events })', eventClasses);
      return true;
    },
    inject: [EventTypeRegistry],
  };
  return { providers: [registered], exports: [] };
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
