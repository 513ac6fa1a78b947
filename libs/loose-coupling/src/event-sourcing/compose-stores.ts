import type { Clock } from '../kernel/index.js';
import type { EventProtection } from './core/event-protection.js';
import type { FaultReporter } from './core/fault-reporter.js';
import type { EventSourcingOptions } from './event-sourcing-options.js';
import type { EventSourcingStores } from './event-sourcing-stores.js';
import type { OpenedStore } from './opened-store.js';
import type { DataKeyStore } from './personal-data/data-key-store.js';
import type { EventSealer } from './personal-data/event-sealer.js';
import { PersonalDataProtection } from './personal-data/personal-data-protection.js';
import { placeOf } from './tenancy/stored-names.js';
import { StorePerTenant } from './tenancy/store-per-tenant.js';
import { DEFAULT_MAX_OPEN, type TenancyOptions } from './tenancy/tenancy-options.js';
import { TenantInboxes } from './tenancy/tenant-inboxes.js';
import { TenantSnapshots } from './tenancy/tenant-snapshots.js';
import { TenantStores } from './tenancy/tenant-stores.js';
import { TenantedCheckpointStore } from './tenancy/tenanted-checkpoint-store.js';
import { TenantedEventStore } from './tenancy/tenanted-event-store.js';
import { TenantedProcessIndex } from './tenancy/tenanted-process-index.js';
import { TenantedSnapshotStore } from './tenancy/tenanted-snapshot-store.js';
import { UnavailableCheckpoints, unavailableOutbox } from './tenancy/unavailable-stores.js';

export interface StoreOpeners {
  readonly options: EventSourcingOptions;
  readonly clock: Clock;
  readonly report: FaultReporter;
  /** Where keys of persons are kept, unless the options say. */
  keyStore(): DataKeyStore;
  open(protection: EventProtection | undefined): OpenedStore;
  openTenant(tenant: string, protection: EventProtection | undefined): Promise<OpenedStore>;
}

/** Opens the store, or stores, that the options ask for, with protection and tenants around them. */
export function composeStores(openers: StoreOpeners): EventSourcingStores {
  const { options, clock } = openers;
  const { tenancy } = options;
  const personalData =
    options.personalData &&
    new PersonalDataProtection(options.personalData, () => openers.keyStore(), clock, tenancy !== undefined);
  const common = { ...(personalData && { personalData }), ...(tenancy && { tenancy }) };
  if (tenancy?.type === 'store') return { ...storePerTenant(openers, tenancy, personalData), ...common };
  const sealer = personalData?.events(tenancy && placeOf);
  const opened = protect(openers.open(sealer), personalData, sealer);
  return { ...(tenancy ? withTenants(opened) : opened), ...common };
}

function protect(opened: OpenedStore, personalData?: PersonalDataProtection, sealer?: EventSealer): OpenedStore {
  if (!personalData || !sealer) return opened;
  return { ...opened, snapshots: personalData.snapshots(opened.snapshots, opened.events, sealer) };
}

const withTenants = ({ events, snapshots, processes, checkpoints, ...opened }: OpenedStore): OpenedStore => ({
  ...opened,
  events: new TenantedEventStore(events),
  snapshots: new TenantedSnapshotStore(snapshots),
  checkpoints: new TenantedCheckpointStore(checkpoints),
  ...(processes && { processes: new TenantedProcessIndex(processes) }),
});

function storePerTenant(
  { openTenant, report, options }: StoreOpeners,
  { maxOpen = DEFAULT_MAX_OPEN }: TenancyOptions & { readonly type: 'store' },
  personalData?: PersonalDataProtection,
): EventSourcingStores {
  const tenants = new TenantStores({
    // What is in memory ends when it is closed.
    maxOpen: options.store.type === 'memory' ? Infinity : maxOpen,
    report,
    open: async (tenant) => {
      const sealer = personalData?.events((streamName) => ({ tenant, streamName }));
      return protect(await openTenant(tenant, sealer), personalData, sealer);
    },
  });
  return {
    tenants,
    events: new StorePerTenant(tenants),
    inbox: new TenantInboxes(tenants),
    snapshots: new TenantSnapshots(tenants),
    outbox: unavailableOutbox(),
    checkpoints: new UnavailableCheckpoints(),
  };
}
