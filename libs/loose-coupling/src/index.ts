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
export type { AwsClientOptions, AwsCredentials } from './aws/index.js';
export type { InboxOptions, OutboxRelayOptions, StoreOptions } from './event-sourcing/runtime.js';
export {
  Clock,
  ClosedError,
  currentCorrelation,
  InvalidOptionsError,
  isLooseCouplingError,
  LooseCouplingError,
  SystemClock,
  uuidv7,
  type Correlation,
} from './kernel/index.js';
export * from './messaging/index.js';
export * from './resilience/index.js';
export * from './health/index.js';
