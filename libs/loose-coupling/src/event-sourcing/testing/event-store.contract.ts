import { describeAppending } from './append.contract.js';
import { describeCheckpoints } from './checkpoint-store.contract.js';
import { globalFramework, type ContractFramework } from './contract-framework.js';
import { describeCopying } from './copy.contract.js';
import { describeDocuments } from './document-store.contract.js';
import type { EventStoreFactory } from './event-store-under-test.js';
import { describeInbox } from './inbox.contract.js';
import { describeOutboxStorage } from './outbox-storage.contract.js';
import { describeProcessIndex } from './process-index.contract.js';
import { describePersistentSubscriptions } from './persistent-subscription.contract.js';
import { describeProjections } from './projection.contract.js';
import { describeReading } from './reading.contract.js';
import { describeSnapshots } from './snapshot-store.contract.js';
import { describeSubscribing } from './subscription.contract.js';

/** What every event store must do; `create` makes a fresh, empty one for each test. */
export function describeEventStoreContract(
  name: string,
  create: EventStoreFactory,
  framework: ContractFramework = globalFramework(),
): void {
  framework.describe(`the contract of event stores: ${name}`, () => {
    framework.describe('appending', () => describeAppending(framework, create));
    framework.describe('reading', () => describeReading(framework, create));
    framework.describe('subscribing', () => describeSubscribing(framework, create));
    framework.describe('copying', () => describeCopying(framework, create));
    framework.describe('its outbox', () => describeOutboxStorage(framework, create));
    framework.describe('its inbox', () => describeInbox(framework, create));
    framework.describe('its open processes', () => describeProcessIndex(framework, create));
    framework.describe('its checkpoints', () => describeCheckpoints(framework, create));
    framework.describe('its persistent subscriptions', () => describePersistentSubscriptions(framework, create));
    framework.describe('its projections', () => describeProjections(framework, create));
    framework.describe('its documents', () => describeDocuments(framework, create));
    framework.describe('its snapshots', () => describeSnapshots(framework, create));
  });
}
