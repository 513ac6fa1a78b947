import { Module, type DynamicModule } from '@nestjs/common';
import type { LooseCouplingFeatureOptions } from './loose-coupling.module-options.js';

/** One `LooseCouplingModule.forFeature`. */
@Module({})
export class LooseCouplingFeatureModule {
  static create(_options: LooseCouplingFeatureOptions): DynamicModule {
    return { module: LooseCouplingFeatureModule };
  }
}
