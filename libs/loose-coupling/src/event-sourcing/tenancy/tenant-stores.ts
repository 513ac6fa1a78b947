import { ClosedError } from '../../kernel/index.js';
import type { OpenedStore } from '../opened-store.js';
import type { FaultReporter } from '../core/fault-reporter.js';

/** Carries out what one tenant's outbox holds. */
export interface TenantRelay {
  start(): void;
  stop(): Promise<void>;
}

export interface TenantStoresParts {
  readonly open: (tenant: string) => Promise<OpenedStore>;
  /** How many stay open that are not in use. */
  readonly maxOpen: number;
  readonly report: FaultReporter;
}

interface Entry {
  readonly tenant: string;
  readonly opening: Promise<OpenedStore>;
  relay?: TenantRelay;
  /** Work in progress; what is in use is never closed. */
  uses: number;
}

/**
 * A store for each tenant: opened when it is first asked for, closed when others were asked for since. A store in use,
 * or with messages that wait in its outbox, stays open, however many there are.
 */
export class TenantStores {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private readonly closing = new Map<string, Promise<void>>();
  private relayOf: ((stores: OpenedStore) => TenantRelay) | undefined;
  private closed = false;

  constructor(private readonly parts: TenantStoresParts) {}

  /** Tenants whose stores are open. */
  get open(): readonly string[] {
    return [...this.entries.keys()];
  }

  async use<Result>(tenant: string, work: (stores: OpenedStore) => Promise<Result>): Promise<Result> {
    const { stores, release } = await this.acquire(tenant);
    try {
      return await work(stores);
    } finally {
      release();
    }
  }

  /** The store stays open until `release` is called. @throws {ClosedError} */
  async acquire(tenant: string): Promise<{ readonly stores: OpenedStore; readonly release: () => void }> {
    for (let closing = this.closing.get(tenant); closing; closing = this.closing.get(tenant)) await closing;
    if (this.closed) throw new ClosedError('The event store');
    const entry = this.entries.get(tenant) ?? this.begin(tenant);
    this.entries.delete(tenant);
    this.entries.set(tenant, entry);
    entry.uses += 1;
    let held = true;
    const release = (): void => {
      if (held) entry.uses -= 1;
      held = false;
      this.shrink();
    };
    try {
      return { stores: await entry.opening, release };
    } catch (error) {
      if (this.entries.get(tenant) === entry) this.entries.delete(tenant);
      release();
      throw error;
    }
  }

  /** Begins to carry out what the outboxes hold, of stores that are open and that will be. */
  startRelays(relayOf: (stores: OpenedStore) => TenantRelay): void {
    this.relayOf ??= relayOf;
    for (const entry of this.entries.values()) void this.startRelay(entry);
  }

  /** Resolves when no relay works any more. */
  async stopRelays(): Promise<void> {
    this.relayOf = undefined;
    await Promise.all(Array.from(this.entries.values(), ({ relay }) => relay?.stop()));
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(Array.from(this.entries.values(), (entry) => this.end(entry)));
    await Promise.all(this.closing.values());
  }

  private begin(tenant: string): Entry {
    const entry: Entry = { tenant, opening: this.parts.open(tenant), uses: 0 };
    this.entries.set(tenant, entry);
    void this.startRelay(entry);
    return entry;
  }

  private async startRelay(entry: Entry): Promise<void> {
    try {
      const stores = await entry.opening;
      if (entry.relay || !this.relayOf) return;
      entry.relay = this.relayOf(stores);
      entry.relay.start();
    } catch {
      // Whoever asked for the store is told.
    }
  }

  private shrink(): void {
    let surplus = this.entries.size - this.parts.maxOpen;
    for (const entry of this.entries.values()) {
      if (surplus <= 0 || this.closed) return;
      if (entry.uses > 0 || this.closing.has(entry.tenant)) continue;
      surplus -= 1;
      const ended = this.endIfQuiet(entry)
        .catch((error: unknown) => this.parts.report(`The store of tenant "${entry.tenant}" was not closed.`, error))
        .finally(() => this.closing.delete(entry.tenant));
      this.closing.set(entry.tenant, ended);
    }
  }

  private async endIfQuiet(entry: Entry): Promise<void> {
    const { outbox } = await entry.opening;
    if ((await outbox.countPending()) > 0) return;
    this.entries.delete(entry.tenant);
    await this.end(entry);
  }

  private async end(entry: Entry): Promise<void> {
    const stores = await entry.opening.catch(() => undefined);
    await entry.relay?.stop();
    await stores?.events.close();
  }
}
