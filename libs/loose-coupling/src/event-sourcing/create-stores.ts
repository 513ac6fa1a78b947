import { join, parse } from 'node:path';
import { InvalidOptionsError, type Clock } from '../kernel/index.js';
import { resolveDataFile } from '../sqlite/index.js';
import { composeStores } from './compose-stores.js';
import type { EventProtection } from './core/event-protection.js';
import type { FaultReporter } from './core/fault-reporter.js';
import type { EventSourcingOptions } from './event-sourcing-options.js';
import type { EventSourcingStores } from './event-sourcing-stores.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import type { OpenedStore } from './opened-store.js';
import type { DataKeyStore } from './personal-data/data-key-store.js';
import { MemoryDataKeyStore } from './personal-data/memory-data-key-store.js';
import { SqliteDataKeyStore } from './personal-data/sqlite-data-key-store.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

/**
 * Opens the embedded stores; the one on DynamoDB is opened by whoever may load the AWS SDK.
 * @throws {InvalidOptionsError} for a store that is not embedded
 */
export function createStores(options: EventSourcingOptions, clock: Clock, report: FaultReporter): EventSourcingStores {
  if (options.store.type === 'dynamodb') {
    throw new InvalidOptionsError('store', ["type 'dynamodb' is opened by LooseCouplingModule only"]);
  }
  const common = { clock, report };
  return composeStores({
    options,
    ...common,
    keyStore: () => keyStoreOf(options),
    open: (protection) => openEmbedded(options, fileOf(options), { ...common, ...(protection && { protection }) }),
    openTenant: async (tenant, protection) =>
      openEmbedded(options, tenantFileOf(options, tenant), { ...common, ...(protection && { protection }) }),
  });
}

function openEmbedded(
  { store, inbox }: EventSourcingOptions,
  file: string,
  given: { readonly clock: Clock; readonly report: FaultReporter; readonly protection?: EventProtection },
): OpenedStore {
  const common = { ...given, ...(inbox?.retention !== undefined && { inboxRetention: inbox.retention }) };
  const events =
    store.type === 'sqlite'
      ? new SqliteEventStore({
          ...common,
          file: resolveDataFile(file),
          ...(store.synchronous && { synchronous: store.synchronous }),
        })
      : new MemoryEventStore(common);
  const { outbox, processes, checkpoints, snapshots } = events;
  return { events, outbox, inbox: events.inbox, processes, checkpoints, snapshots };
}

const fileOf = ({ store, service }: EventSourcingOptions): string =>
  (store.type === 'sqlite' ? store.file : undefined) ?? `${service}.db`;

/** Some file systems take `Acme` and `acme` for the same name. */
const tenantFileOf = ({ service }: EventSourcingOptions, tenant: string): string =>
  join(`${service}-tenants`, `tenant-${tenant.replaceAll(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`)}.db`);

/** In a file of their own, so that a backup of the events does not hold what makes them readable. */
function keyStoreOf(options: EventSourcingOptions): DataKeyStore {
  if (options.store.type === 'memory') return new MemoryDataKeyStore();
  const file = fileOf(options);
  return new SqliteDataKeyStore({ file: resolveDataFile(file === ':memory:' ? file : keyFileOf(file)) });
}

/** `order.db` → `order-keys.db` */
const keyFileOf = (file: string): string => {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-keys${ext}`);
};
