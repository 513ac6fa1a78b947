import { currentCorrelation, uuidv7, withCorrelation } from '../../kernel/index.js';
import { InvalidTenantError } from '../errors/invalid-tenant.error.js';
import { MissingTenantError } from '../errors/missing-tenant.error.js';
import { isForAllTenants } from './all-tenants.js';

/** Nothing in it separates, leads out of a folder, or looks like another name. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export const isTenant = (name: unknown): name is string => typeof name === 'string' && TENANT.test(name);

/**
 * Runs `work` for a tenant: what it reads, appends and publishes is that tenant's, also in whatever is caused by it.
 * @throws {InvalidTenantError}
 */
export function withTenant<Result>(tenantId: string, work: () => Result): Result {
  if (!isTenant(tenantId)) throw new InvalidTenantError(tenantId);
  return withCorrelation({ ...(currentCorrelation() ?? { correlationId: uuidv7() }), tenantId }, work);
}

/** The tenant of the work in progress. @throws {InvalidTenantError} */
export function currentTenant(): string | undefined {
  const tenant = currentCorrelation()?.tenantId;
  if (tenant !== undefined && !isTenant(tenant)) throw new InvalidTenantError(tenant);
  return tenant;
}

/** `orAll`: `withAllTenants` would do as well. @throws {MissingTenantError} @throws {InvalidTenantError} */
export function requireTenant(what: string, orAll = false): string {
  const tenant = currentTenant();
  if (tenant === undefined) throw new MissingTenantError(what, orAll);
  return tenant;
}

/** The tenant at work, or undefined for all of them, by `withAllTenants`. @throws as `requireTenant` */
export const tenantUnlessAll = (what: string): string | undefined =>
  isForAllTenants() ? undefined : requireTenant(what, true);
