export { LooseCouplingModule } from './loose-coupling.module.js';
export type {
  LooseCouplingAsyncOptions,
  LooseCouplingFeatureOptions,
  LooseCouplingOptionsFactory,
} from './loose-coupling.module-options.js';
export type {
  ConsumerOptions,
  LocalTransportOptions,
  LooseCouplingOptions,
  TransportOptions,
} from './loose-coupling.options.js';
export { LOOSE_COUPLING_OPTIONS } from './loose-coupling.tokens.js';
export { Clock, InvalidOptionsError, LooseCouplingError, SystemClock, isLooseCouplingError } from './kernel/index.js';
export * from './messaging/index.js';
