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

  override async commit(_commit: Commit): Promise<StreamAppendResult[]> {
    throw new MissingTenantError('A commit');
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

function withItsTenant(event: EventEnvelope): EventEnvelope {
  const { tenant } = placeOf(event.streamName);
  const { tenantId: _other, ...metadata } = event.metadata;
  return { ...event, metadata: tenant === undefined ? metadata : { ...metadata, tenantId: tenant } };
}
