import type { FaultList } from '../../kernel/index.js';
import { isTenant } from './tenant.js';

/** How the events of tenants are kept apart. See docs/tenants.md. */
export type TenancyOptions =
  | {
      /** One store for all; the names of streams begin with the tenant, and nobody sees another's. */
      readonly type: 'prefix';
    }
  | {
      /** A store for each: a file, or a table, opened when it is first used. */
      readonly type: 'store';
      /** How many stay open that are not in use. Default 20; not for stores in memory. */
      readonly maxOpen?: number;
      /** Tenants whose stores are opened at start, so that messages which an earlier run left in them go out. */
      readonly tenants?: readonly string[] | (() => readonly string[] | Promise<readonly string[]>);
    };

export const DEFAULT_MAX_OPEN = 20;

/** What else of the options it has to fit to. */
export interface TenancySurroundings {
  readonly storeType: unknown;
  readonly hasFile: boolean;
  readonly hasPersonalData: boolean;
  readonly hasKeyStore: boolean;
}

/** Adds everything that is wrong or contradictory. */
export function validateTenancyOptions(options: TenancyOptions, around: TenancySurroundings, faults: FaultList): void {
  if (options.type === 'prefix') return faults.unknownKeys('tenancy', options, ['type']);
  if (options.type !== 'store') {
    return faults.add('tenancy.type', "'prefix' or 'store'", (options as { type?: unknown }).type);
  }
  faults.unknownKeys('tenancy', options, ['type', 'maxOpen', 'tenants']);
  faults.positiveInteger('tenancy.maxOpen', options.maxOpen);
  if (options.maxOpen !== undefined && around.storeType === 'memory') {
    faults.say('tenancy.maxOpen: a store in memory is never closed, as its events would be lost');
  }
  const { tenants } = options;
  if (Array.isArray(tenants)) {
    for (const tenant of tenants as unknown[]) {
      if (!isTenant(tenant)) faults.add('tenancy.tenants', 'up to 64 letters, digits, "-" and "_"', tenant);
    }
  } else if (tenants !== undefined && typeof tenants !== 'function') {
    faults.add('tenancy.tenants', 'a list of tenants, or a function that gives one', tenants);
  }
  if (around.hasFile)
    faults.say(
      "store.file: with tenancy 'store' each tenant has a file, in a folder named by the service; leave it out",
    );
  if (around.storeType === 'dynamodb' && around.hasPersonalData && !around.hasKeyStore) {
    faults.say("personalData.keyStore: with tenancy 'store' on DynamoDB, say which table the keys are in");
  }
}
