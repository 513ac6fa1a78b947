import {
  CheckpointStore,
  type Checkpoint,
  type CheckpointMove,
  type ParkedEvent,
  type ParkedRange,
} from '../subscriptions/checkpoint-store.js';
import type { DocumentStore } from '../subscriptions/document-store.js';
import { placeOf, storedName } from './stored-names.js';
import { tenantUnlessAll } from './tenant.js';

const PAGE = 500;

/** Places in the feed of all tenants. They are nobody's; the events that are parked there are each of a tenant. */
export class TenantedCheckpointStore extends CheckpointStore {
  constructor(private readonly inner: CheckpointStore) {
    super();
  }

  override get documents(): DocumentStore {
    return this.inner.documents;
  }

  override read(name: string): Promise<Checkpoint | undefined> {
    return this.inner.read(name);
  }

  override acquire(name: string, holder: string, duration: number, from?: number): Promise<Checkpoint> {
    return this.inner.acquire(name, holder, duration, from);
  }

  override renew(lease: Checkpoint, duration: number): Promise<Checkpoint> {
    return this.inner.renew(lease, duration);
  }

  override release(lease: Checkpoint): Promise<void> {
    return this.inner.release(lease);
  }

  override move(lease: Checkpoint, move: CheckpointMove): Promise<Checkpoint> {
    return this.inner.move(lease, move);
  }

  override fits(move: Pick<CheckpointMove, 'parked' | 'documents'>): boolean {
    return this.inner.fits(move);
  }

  override async parked(name: string, range: ParkedRange = {}): Promise<ParkedEvent[]> {
    const tenant = tenantUnlessAll(`What is parked by "${name}"`);
    if (tenant === undefined) return this.inner.parked(name, range);
    const { afterPosition = 0, limit = Infinity } = range;
    const own: ParkedEvent[] = [];
    if (limit <= 0) return own;
    for await (const event of this.parkedOf(tenant, name, afterPosition)) {
      own.push(event);
      if (own.length >= limit) break;
    }
    return own;
  }

  /** How many there are is as little a secret as where the reader is. */
  override countParked(name: string): Promise<number> {
    return this.inner.countParked(name);
  }

  /** One request, however many streams: each is a look through all that is parked. */
  override async replayParked(name: string, streams?: string | ReadonlySet<string>): Promise<number> {
    const tenant = tenantUnlessAll(`A replay of what is parked by "${name}"`);
    if (tenant === undefined) return this.inner.replayParked(name, streams);
    const wanted = new Set(typeof streams === 'string' ? [streams] : streams);
    if (streams === undefined) for await (const own of this.parkedOf(tenant, name, 0)) wanted.add(own.streamName);
    return this.inner.replayParked(name, new Set(Array.from(wanted, (own) => storedName(tenant, own))));
  }

  override delete(name: string): Promise<void> {
    return this.inner.delete(name);
  }

  /** A page of all at a time, under the names that the tenant knows. */
  private async *parkedOf(tenant: string, name: string, after: number): AsyncGenerator<ParkedEvent> {
    for (let afterPosition = after; ;) {
      const page = await this.inner.parked(name, { afterPosition, limit: PAGE });
      for (const event of page) {
        const { tenant: owner, streamName } = placeOf(event.streamName);
        if (owner === tenant) yield { ...event, streamName };
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      afterPosition = last.position;
    }
  }
}
