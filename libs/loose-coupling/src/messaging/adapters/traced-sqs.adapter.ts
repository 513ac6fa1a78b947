import type { EntryResult, MessageQueue } from '../core/message-queue.js';
import { NO_TRACER, type HasTracer, type SendingSpan } from '../core/message-tracer.js';
import { localName } from './local-sqs.adapter.js';
import { SqsAdapter, type SqsEntry, type SqsSendOptions, type SqsSent } from './sqs.adapter.js';
import { tracedBatch, tracedSend } from './traced-sends.js';

const idOf = ({ messageId }: SqsSent): string => messageId;

/** `send <queue>` for each message. */
export class TracedSqsAdapter extends SqsAdapter {
  constructor(
    private readonly inner: SqsAdapter,
    private readonly tracing: HasTracer,
  ) {
    super();
  }

  override send(queue: string, body: unknown, options?: SqsSendOptions): Promise<SqsSent> {
    if (this.tracing.tracer === NO_TRACER) return this.inner.send(queue, body, options);
    return tracedSend(this.span(queue), idOf, () => this.inner.send(queue, body, options));
  }

  override sendBatch(queue: string, entries: readonly SqsEntry[]): Promise<EntryResult<SqsSent>[]> {
    const spans = entries.map(() => this.span(queue));
    return tracedBatch(spans, idOf, () => this.inner.sendBatch(queue, entries));
  }

  override messages(queue: string): MessageQueue {
    return this.inner.messages(queue);
  }

  override on(connection: string): SqsAdapter {
    return new TracedSqsAdapter(this.inner.on(connection), this.tracing);
  }

  private span(queue: string): SendingSpan {
    return this.tracing.tracer.sending('send', localName(queue));
  }
}
