export { FakeClock } from './fake-clock.js';
export { LooseCouplingTestingModule, type LooseCouplingTestingOptions } from './loose-coupling-testing.module.js';
export {
  MessageProbe,
  type ConsumedMessage,
  type FailedMessage,
  type ProbeKind,
  type ProbeOptions,
  type PublishedMessage,
} from './message-probe.js';
export { ProbeTimeoutError } from './probe-timeout.error.js';
