import { Logger } from '@nestjs/common';
import { DynamoDbEventStore } from './aws/index.js';
import { createStores, type EventSourcingStores, type FaultReporter } from './event-sourcing/runtime.js';
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
  const events = new DynamoDbEventStore({
    table: `${store.tablePrefix ?? service}-events`,
    clock,
    report,
    ...(store.provision && { provision: store.provision }),
    ...(aws && { aws }),
    ...(inbox?.retention !== undefined && { inboxRetention: inbox.retention }),
  });
  await events.ready();
  return {
    events,
    outbox: events.outbox,
    inbox: events.inbox,
    processes: events.processes,
    checkpoints: events.checkpoints,
    snapshots: events.snapshots,
  };
}
