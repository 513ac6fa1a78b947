import type { StreamPlace } from '../personal-data/event-sealer.js';
import { isTenant } from './tenant.js';

const SEPARATOR = '#';

/** Names of tenants hold no separator, so no two names of two tenants are stored as one. */
export const storedName = (tenant: string, name: string): string => `${tenant}${SEPARATOR}${name}`;

/** The way back. Without a tenant, for a name that no tenant has stored. */
export function placeOf(stored: string): StreamPlace {
  const at = stored.indexOf(SEPARATOR);
  const tenant = stored.slice(0, Math.max(at, 0));
  return isTenant(tenant) ? { tenant, streamName: stored.slice(at + 1) } : { tenant: undefined, streamName: stored };
}
