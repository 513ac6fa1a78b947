import { Logger } from '@nestjs/common';
import { DynamoDbDataKeyStore, DynamoDbEventStore } from './aws/index.js';
import {
  composeStores,
  createStores,
  type EventProtection,
  type EventSourcingStores,
  type FaultReporter,
  type OpenedStore,
} from './event-sourcing/runtime.js';
import type { Clock } from './kernel/index.js';
import type { ResolvedOptions } from './resolve-options.js';

const logger = new Logger('LooseCoupling');
const report: FaultReporter = (message, error) => logger.warn(`${message} ${String(error)}`);

/** Opens what `store` names, and resolves when it can be used. */
export async function openEventSourcingStores(
  { eventSourcing, aws }: ResolvedOptions,
  clock: Clock,
): Promise<EventSourcingStores> {
  const { store, service, inbox } = eventSourcing;
  if (store.type !== 'dynamodb') return createStores(eventSourcing, clock, report);
  const prefix = store.tablePrefix ?? service;
  const open = (table: string, protection: EventProtection | undefined) =>
    new DynamoDbEventStore({
      table,
      clock,
      report,
      ...(store.provision && { provision: store.provision }),
      ...(aws && { aws }),
      ...(protection && { protection }),
      ...(inbox?.retention !== undefined && { inboxRetention: inbox.retention }),
    });
  let ready = Promise.resolve();
  const stores = composeStores({
    options: eventSourcing,
    clock,
    report,
    keyStore: () => new DynamoDbDataKeyStore({ table: `${prefix}-events`, ...(aws && { aws }) }),
    open: (protection) => {
      const events = open(`${prefix}-events`, protection);
      ready = events.ready();
      return partsOf(events);
    },
    // Names of tenants hold no dot.
    openTenant: async (tenant, protection) => {
      const events = open(`${prefix}.${tenant}-events`, protection);
      await events.ready();
      return partsOf(events);
    },
  });
  await ready;
  return stores;
}

const partsOf = (events: DynamoDbEventStore): OpenedStore => {
  const { outbox, inbox, processes, checkpoints, snapshots } = events;
  return { events, outbox, inbox, processes, checkpoints, snapshots };
};
