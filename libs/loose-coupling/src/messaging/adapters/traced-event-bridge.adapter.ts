import type { EntryResult } from '../core/message-queue.js';
import type { HasTracer } from '../core/message-tracer.js';
import { EventBridgeAdapter, type EventBridgeEntry, type EventBridgePut } from './event-bridge.adapter.js';
import { localName } from './local-sqs.adapter.js';
import { tracedBatch } from './traced-sends.js';

const idOf = ({ eventId }: EventBridgePut): string => eventId;

/** `publish <bus>` for each event. */
export class TracedEventBridgeAdapter extends EventBridgeAdapter {
  constructor(
    private readonly inner: EventBridgeAdapter,
    /** Of events that name none. */
    private readonly defaultBus: string,
    private readonly tracing: HasTracer,
  ) {
    super();
  }

  override putEvents(entries: readonly EventBridgeEntry[]): Promise<EntryResult<EventBridgePut>[]> {
    const spans = entries.map(({ eventBus = this.defaultBus }) =>
      this.tracing.tracer.sending('publish', localName(eventBus), { over: 'buses' }),
    );
    return tracedBatch(spans, idOf, () => this.inner.putEvents(entries));
  }

  override on(connection: string): EventBridgeAdapter {
    return new TracedEventBridgeAdapter(this.inner.on(connection), this.defaultBus, this.tracing);
  }
}
