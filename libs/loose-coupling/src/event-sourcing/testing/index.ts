/** The contract of event stores, for stores of other kinds; `nestjs-loose-coupling/testing` offers it. */
export type { ContractFramework } from './contract-framework.js';
export {
  describeEventStoreContract,
  type EventStoreContractOptions,
  type EventStoreContractPart,
} from './event-store.contract.js';
export type { EventStoreFactory, EventStoreUnderTest } from './event-store-under-test.js';
