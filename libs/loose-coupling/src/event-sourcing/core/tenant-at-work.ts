import type { EventStore } from './event-store.js';

/** Whose streams a store gives the work in progress, where it keeps those of tenants apart; else undefined. */
export const tenantAtWork = (store: EventStore): string | undefined =>
  (store as Partial<{ tenantAtWork(): string | undefined }>).tenantAtWork?.();
