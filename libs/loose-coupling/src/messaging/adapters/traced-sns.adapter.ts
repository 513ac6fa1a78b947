import type { EntryResult } from '../core/message-queue.js';
import type { HasTracer, SendingSpan } from '../core/message-tracer.js';
import { localName } from './local-sqs.adapter.js';
import { SnsAdapter, type SnsEntry, type SnsPublished, type SnsPublishOptions } from './sns.adapter.js';
import { tracedBatch, tracedSend } from './traced-sends.js';

const idOf = ({ messageId }: SnsPublished): string => messageId;

/** `publish <topic>` for each message. */
export class TracedSnsAdapter extends SnsAdapter {
  constructor(
    private readonly inner: SnsAdapter,
    private readonly tracing: HasTracer,
  ) {
    super();
  }

  override publish(topic: string, message: unknown, options?: SnsPublishOptions): Promise<SnsPublished> {
    return tracedSend(this.span(topic), idOf, () => this.inner.publish(topic, message, options));
  }

  override publishBatch(topic: string, entries: readonly SnsEntry[]): Promise<EntryResult<SnsPublished>[]> {
    const spans = entries.map(() => this.span(topic));
    return tracedBatch(spans, idOf, () => this.inner.publishBatch(topic, entries));
  }

  override on(connection: string): SnsAdapter {
    return new TracedSnsAdapter(this.inner.on(connection), this.tracing);
  }

  private span(topic: string): SendingSpan {
    return this.tracing.tracer.sending('publish', localName(topic), { over: 'topics' });
  }
}
