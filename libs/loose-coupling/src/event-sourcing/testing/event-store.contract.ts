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

const PARTS = {
  appending: describeAppending,
  reading: describeReading,
  subscribing: describeSubscribing,
  copying: describeCopying,
  'its outbox': describeOutboxStorage,
  'its inbox': describeInbox,
  'its open processes': describeProcessIndex,
  'its checkpoints': describeCheckpoints,
  'its persistent subscriptions': describePersistentSubscriptions,
  'its projections': describeProjections,
  'its documents': describeDocuments,
  'its snapshots': describeSnapshots,
};

/** One part of the contract. */
export type EventStoreContractPart = keyof typeof PARTS;

export interface EventStoreContractOptions {
  /** Where the tests are declared. Default: the globals `describe` and `it`. */
  readonly framework?: ContractFramework;
  /** Default: all of them. A store without process managers, say, leaves theirs out. */
  readonly parts?: readonly EventStoreContractPart[];
}

/** What every event store must do; `create` makes a fresh, empty one for each test. */
export function describeEventStoreContract(
  name: string,
  create: EventStoreFactory,
  { framework = globalFramework(), parts }: EventStoreContractOptions = {},
): void {
  framework.describe(`the contract of event stores: ${name}`, () => {
    for (const [part, describePart] of Object.entries(PARTS)) {
      if (parts && !parts.includes(part as EventStoreContractPart)) continue;
      framework.describe(part, () => describePart(framework, create));
    }
  });
}
