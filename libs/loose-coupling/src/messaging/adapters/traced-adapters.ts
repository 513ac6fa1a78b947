import type { HasTracer } from '../core/message-tracer.js';
import { TracedEventBridgeAdapter } from './traced-event-bridge.adapter.js';
import { TracedSnsAdapter } from './traced-sns.adapter.js';
import { TracedSqsAdapter } from './traced-sqs.adapter.js';
import type { TransportAdapters } from './transport-adapters.js';

/** The same, with a span for each message. */
export const tracedAdapters = (
  { sqs, sns, eventBridge }: TransportAdapters,
  defaultBus: string,
  tracing: HasTracer,
): TransportAdapters => ({
  sqs: new TracedSqsAdapter(sqs, tracing),
  sns: new TracedSnsAdapter(sns, tracing),
  eventBridge: new TracedEventBridgeAdapter(eventBridge, defaultBus, tracing),
});
