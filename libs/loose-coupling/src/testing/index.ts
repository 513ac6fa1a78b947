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
export { given, type AggregateUnderTest, type GivenOptions } from './scenario/given.js';
export type { ProcessUnderTest, ProjectionUnderTest } from './scenario/given.js';
export { ProcessOutcome, ProcessScenario } from './scenario/process-scenario.js';
export { Scenario } from './scenario/scenario.js';
export { ScenarioOutcome, type ScenarioExpectations } from './scenario/scenario-outcome.js';
export type { ExpectedError } from './scenario/expected-error.js';
export type { ExpectedMessage } from './scenario/expected-message.js';
export {
  describeEventStoreContract,
  type ContractFramework,
  type EventStoreContractOptions,
  type EventStoreContractPart,
  type EventStoreFactory,
  type EventStoreUnderTest,
} from '../event-sourcing/testing/index.js';
