import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { asyncOptionsProviders } from './async-options.providers.js';
import { LooseCouplingCoreModule } from './loose-coupling-core.module.js';
import { LooseCouplingFeatureModule } from './loose-coupling-feature.module.js';
import type { LooseCouplingAsyncOptions, LooseCouplingFeatureOptions } from './loose-coupling.module-options.js';
import { LooseCouplingLifecycle } from './loose-coupling.lifecycle.js';
import type { LooseCouplingOptions } from './loose-coupling.options.js';
import { LOOSE_COUPLING_OPTIONS } from './loose-coupling.tokens.js';

/**
 * Loose coupling for a Nest application: messaging with dead letters, CQRS with event sourcing, outbox and inbox.
 * Without options everything runs embedded and in memory. Import `forRoot` once, and `forFeature` where it is needed.
 */
@Module({})
export class LooseCouplingModule implements OnApplicationShutdown {
  /**
   * @example
   * ```ts
   * LooseCouplingModule.forRoot({ service: 'order', transport: { type: 'local', file: 'broker.db' } })
   * ```
   * @throws {InvalidOptionsError} at start, listing everything that is wrong
   */
  static forRoot(options: LooseCouplingOptions & { readonly isGlobal?: boolean } = {}): DynamicModule {
    const core = LooseCouplingCoreModule.create([{ provide: LOOSE_COUPLING_OPTIONS, useValue: options }]);
    return compose(core, options?.isGlobal);
  }

  /** The same with options that are injected, loaded or computed. */
  static forRootAsync(options: LooseCouplingAsyncOptions): DynamicModule {
    return compose(LooseCouplingCoreModule.create(asyncOptionsProviders(options), options.imports), options.isGlobal);
  }

  /** Registers what one feature of the application brings. */
  static forFeature(options: LooseCouplingFeatureOptions): DynamicModule {
    return LooseCouplingFeatureModule.create(options);
  }

  constructor(private readonly lifecycle: LooseCouplingLifecycle) {}

  /**
   * Only now, and from the module that Nest shuts down after those that use it: what they publish while they shut
   * down still goes out.
   */
  onApplicationShutdown(): Promise<void> {
    return this.lifecycle.close();
  }
}

const compose = (core: DynamicModule, isGlobal = true): DynamicModule => ({
  module: LooseCouplingModule,
  global: isGlobal,
  imports: [core],
  exports: [core],
});
