import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { FaultList, InvalidOptionsError } from '../../kernel/index.js';
import { EventStore } from '../core/event-store.js';
import { deciderFeature } from '../decider/decider.feature.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import { processManagerFeature } from '../process-manager/process-manager.feature.js';
import type { ProcessManagerClass } from '../process-manager/process-manager-model.js';
import { projectionOf } from '../projections/projection.decorator.js';
import { Projections } from '../projections/projections.js';
import { SqliteInlineProjection } from '../sqlite/sqlite-inline-projection.js';
import type { UpcasterFunction } from '../upcasting/upcaster.js';
import type { UpcasterClass } from '../upcasting/upcaster.decorator.js';
import { AGGREGATE_FEATURE, type AggregateType, type Feature } from './aggregate-feature.token.js';
import { upcasterFeature } from './upcaster-feature.js';

/** What a feature module declares. */
export interface EventSourcingFeatureOptions {
  /** Classes that extend `EventSourcedAggregateRoot`. */
  readonly aggregates?: readonly AggregateType[];
  /** What `defineDecider` makes. */
  readonly deciders?: readonly { readonly category: string }[];
  /** Classes with `@Projection`, and those that extend `SqliteInlineProjection`. */
  readonly projections?: readonly Type<object>[];
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
  const { aggregates = [], deciders = [], projections = [], upcasters = [], processManagers = [] } = options;
  const faults = new FaultList('LooseCouplingModule.forFeature()');
  const features = [
    ...aggregates.map((aggregate) => aggregateFeatureOf(aggregate, faults)),
    ...deciders.map((decider) => deciderFeature(decider, faults)),
    ...projections.map((projection) => projectionFeature(projection, faults)),
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

function projectionFeature(projection: Type<object>, faults: FaultList): Feature {
  const isClass = typeof projection === 'function';
  if (isClass && projectionOf(projection)) return documentsFeature(projection);
  if (!isClass || !(projection.prototype instanceof SqliteInlineProjection)) {
    faults.add('projections', 'classes with @Projection, or that extend SqliteInlineProjection', projection);
    return { providers: [], exports: [] };
  }
  const attached: Provider = {
    provide: Symbol(`attached ${projection.name}`),
    useFactory: (store: EventStore, instance: SqliteInlineProjection) => attach(store, instance),
    inject: [EventStore, projection],
  };
  return { providers: [projection, attached], exports: [projection] };
}

/** It begins its work when the application has started. */
function documentsFeature(projection: Type<object>): Feature {
  const added: Provider = {
    provide: Symbol(`added ${projection.name}`),
    useFactory: (projections: Projections, types: EventTypeRegistry, instance: object) => {
      types.registerEvents(`@Projection ${projection.name}`, projections.add(instance).events);
      return true;
    },
    inject: [Projections, EventTypeRegistry, projection],
  };
  return { providers: [projection, added], exports: [projection] };
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
