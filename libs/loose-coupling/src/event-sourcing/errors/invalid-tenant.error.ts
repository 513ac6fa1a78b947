import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when the name of a tenant cannot be one. Nothing was read or stored. */
export class InvalidTenantError extends LooseCouplingError {
  readonly code = 'LC_INVALID_TENANT';

  constructor(came: unknown) {
    super(
      'A tenant is named by 1 to 64 letters, digits, "-" and "_", beginning with a letter or digit; got ' +
        `${typeof came === 'string' ? JSON.stringify(came.slice(0, 80)) : typeof came}. See where tenantId comes from.`,
    );
  }
}
