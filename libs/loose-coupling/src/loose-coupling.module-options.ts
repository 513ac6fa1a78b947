import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from '@nestjs/common';
import type { EventClass, EventSourcingFeatureOptions } from './event-sourcing/runtime.js';
import type { LooseCouplingOptions } from './loose-coupling.options.js';
import type { ServiceContract } from './services/index.js';
import type { MessageContract } from './messaging/index.js';

/** A provider that makes the options, for `useClass` and `useExisting`. */
export interface LooseCouplingOptionsFactory {
  createLooseCouplingOptions(): LooseCouplingOptions | Promise<LooseCouplingOptions>;
}

/** Options of `forRootAsync`: exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface LooseCouplingAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly useFactory?: (...dependencies: never[]) => LooseCouplingOptions | Promise<LooseCouplingOptions>;
  readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
  readonly useClass?: Type<LooseCouplingOptionsFactory>;
  readonly useExisting?: InjectionToken<LooseCouplingOptionsFactory>;
  /** Default true. */
  readonly isGlobal?: boolean;
}

/** What one feature of an application brings. */
export interface LooseCouplingFeatureOptions extends EventSourcingFeatureOptions {
  /** Modules that export what the listed classes inject, unless they are global. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * Event contracts that the feature publishes: their topics are made at start, not with the first event. Also
   * `@EventType` classes that it stores or reads; those that an aggregate applies need not be listed.
   */
  readonly events?: readonly (MessageContract | EventClass)[];
  /** Contracts of services that the feature calls; each must be configured in `services` of `forRoot`. */
  readonly services?: readonly ServiceContract[];
}
