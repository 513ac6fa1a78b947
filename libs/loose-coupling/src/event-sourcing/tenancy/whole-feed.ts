import { currentCorrelation, uuidv7, withCorrelation } from '../../kernel/index.js';
import {
  EventStore,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from '../core/event-store.js';
import { MissingTenantError } from '../errors/missing-tenant.error.js';
import { placeOf } from './stored-names.js';

/** The events of all tenants, each with its tenant, whatever else its metadata may say. */
export class WholeFeed extends EventStore {
  constructor(private readonly inner: EventStore) {
    super();
  }

  /** Only of the service's own entries in the list of open processes: whatever has an event is a tenant's. */
  override async commit(commit: Commit): Promise<StreamAppendResult[]> {
    if (!isOfNobody(commit)) throw new MissingTenantError('A commit');
    return this.inner.commit(commit);
  }

  override async *readStream(streamName: string, options?: ReadStreamOptions): AsyncGenerator<EventEnvelope> {
    for await (const event of this.inner.readStream(streamName, options)) yield withItsTenant(event);
  }

  override async *readAll(options?: ReadAllOptions): AsyncGenerator<EventEnvelope> {
    for await (const event of this.inner.readAll(options)) yield withItsTenant(event);
  }

  override lastPosition(): Promise<number> {
    return this.inner.lastPosition();
  }

  override subscribeToAll(
    handler: (event: EventEnvelope) => Promise<void> | void,
    options?: SubscribeToAllOptions,
  ): EventSubscription {
    return this.inner.subscribeToAll((event) => {
      const { tenantId: _other, ...correlation } = currentCorrelation() ?? { correlationId: uuidv7() };
      const { tenant } = placeOf(event.streamName);
      return withCorrelation({ ...correlation, ...(tenant !== undefined && { tenantId: tenant }) }, () =>
        handler(withItsTenant(event)),
      );
    }, options);
  }

  override close(): Promise<void> {
    return this.inner.close();
  }
}

/** Neither an event nor a mark, and no name that could be a tenant's. */
function isOfNobody({ appends, messages = [], commitId, inbox, process }: Commit): boolean {
  if (messages.length > 0 || commitId !== undefined || inbox !== null) return false;
  const names = [...appends.map(({ streamName }) => streamName), ...(process ? [process.id] : [])];
  return (
    appends.every(({ events }) => events.length === 0) && names.every((name) => placeOf(name).tenant === undefined)
  );
}

function withItsTenant(event: EventEnvelope): EventEnvelope {
  const { tenant } = placeOf(event.streamName);
  const { tenantId: _other, ...metadata } = event.metadata;
  return { ...event, metadata: tenant === undefined ? metadata : { ...metadata, tenantId: tenant } };
}
