import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when events are used without saying of which tenant. Nothing was read or stored. */
export class MissingTenantError extends LooseCouplingError {
  readonly code = 'LC_MISSING_TENANT';

  constructor(what: string) {
    super(
      `${what} needs a tenant, and the work in progress has none. Run it in withTenant(tenantId, work), for example in a ` +
        'middleware; handlers of messages that carry a tenantid have it already.',
    );
  }
}
