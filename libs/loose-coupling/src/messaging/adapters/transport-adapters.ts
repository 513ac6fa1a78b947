import type { EventBridgeAdapter } from './event-bridge.adapter.js';
import type { SnsAdapter } from './sns.adapter.js';
import type { SqsAdapter } from './sqs.adapter.js';

/** The adapters that come with a transport. */
export interface TransportAdapters {
  readonly sqs: SqsAdapter;
  readonly sns: SnsAdapter;
  readonly eventBridge: EventBridgeAdapter;
}
