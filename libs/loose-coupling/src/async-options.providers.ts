import type { Provider } from '@nestjs/common';
import { InvalidOptionsError } from './kernel/index.js';
import type { LooseCouplingAsyncOptions, LooseCouplingOptionsFactory } from './loose-coupling.module-options.js';
import { LOOSE_COUPLING_OPTIONS } from './loose-coupling.tokens.js';

const create = (factory: LooseCouplingOptionsFactory) => factory.createLooseCouplingOptions();

/**
 * What provides the options of `forRootAsync`.
 * @throws {InvalidOptionsError} unless there is one way to make them
 */
export function asyncOptionsProviders(options: LooseCouplingAsyncOptions): Provider[] {
  const { useFactory, useClass, useExisting, inject = [] } = options;
  const ways = [useFactory, useClass, useExisting].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new InvalidOptionsError('LooseCouplingModule.forRootAsync', [
      `expected exactly one of useFactory, useClass and useExisting, got ${ways.length}`,
    ]);
  }
  if (useFactory) return [{ provide: LOOSE_COUPLING_OPTIONS, useFactory: useFactory as () => unknown, inject }];
  if (useClass) {
    return [{ provide: LOOSE_COUPLING_OPTIONS, useFactory: create, inject: [useClass] }, useClass];
  }
  return [{ provide: LOOSE_COUPLING_OPTIONS, useFactory: create, inject: [useExisting as never] }];
}
