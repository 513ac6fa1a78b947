import type { OpenedStore } from './opened-store.js';
import type { PersonalDataProtection } from './personal-data/personal-data-protection.js';
import type { TenancyOptions } from './tenancy/tenancy-options.js';
import type { TenantStores } from './tenancy/tenant-stores.js';

/** The event store of an application, or those of its tenants, with what protects them. */
export interface EventSourcingStores extends OpenedStore {
  /** Absent when the options do not ask for it. */
  readonly personalData?: PersonalDataProtection;
  /** How tenants are kept apart, where there are any. */
  readonly tenancy?: TenancyOptions;
  /** The stores of the tenants, where each has its own. */
  readonly tenants?: TenantStores;
}

/** Injection token of `EventSourcingStores`; another implementation is provided in its place. */
export const EVENT_SOURCING_STORES = 'nestjs-loose-coupling:event-sourcing-stores';
