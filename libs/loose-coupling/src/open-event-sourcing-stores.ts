import { Logger } from '@nestjs/common';
import { DynamoDbDataKeyStore, DynamoDbEventStore } from './aws/index.js';
import {
  createStores,
  PersonalDataProtection,
  type EventSourcingStores,
  type FaultReporter,
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
  const table = `${store.tablePrefix ?? service}-events`;
  const personalData =
    eventSourcing.personalData &&
    new PersonalDataProtection(
      eventSourcing.personalData,
      () => new DynamoDbDataKeyStore({ table, ...(aws && { aws }) }),
      clock,
    );
  const sealer = personalData?.events();
  const events = new DynamoDbEventStore({
    table,
    clock,
    report,
    ...(store.provision && { provision: store.provision }),
    ...(aws && { aws }),
    ...(sealer && { protection: sealer }),
    ...(inbox?.retention !== undefined && { inboxRetention: inbox.retention }),
  });
  await events.ready();
  return {
    events,
    outbox: events.outbox,
    inbox: events.inbox,
    processes: events.processes,
    checkpoints: events.checkpoints,
    snapshots: personalData && sealer ? personalData.snapshots(events.snapshots, events, sealer) : events.snapshots,
    ...(personalData && { personalData }),
  };
}
