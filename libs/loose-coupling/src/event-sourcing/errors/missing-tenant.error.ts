import { LooseCouplingError } from '../../kernel/index.js';

const OR_ALL =
  ' What is meant for all tenants runs in withAllTenants(work), which lasts until what it returns has settled.';

/** Thrown when events are used without saying of which tenant. Nothing was read or stored. */
export class MissingTenantError extends LooseCouplingError {
  readonly code = 'LC_MISSING_TENANT';

  constructor(what: string, orAll = false) {
    super(
      `${what} needs a tenant, and the work in progress has none. Run it in withTenant(tenantId, work), for example in a ` +
        `middleware; handlers of messages that carry a tenantid have it already.${orAll ? OR_ALL : ''}`,
    );
  }
}
