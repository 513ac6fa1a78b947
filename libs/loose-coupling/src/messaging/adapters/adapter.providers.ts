import type { Provider } from '@nestjs/common';
import { EventBridgeAdapter } from './event-bridge.adapter.js';
import { adapterRequests, type AdapterRequest } from './inject-adapter.decorators.js';
import { SnsAdapter } from './sns.adapter.js';
import { SqsAdapter } from './sqs.adapter.js';

/** What `@InjectSqsQueue` and the like ask for. To be called when modules are scanned: all classes are there by then. */
export const requestedAdapterProviders = (): Provider[] =>
  Array.from(adapterRequests(), ([provide, request]) => ({
    provide,
    useFactory: (sqs: SqsAdapter, sns: SnsAdapter, eventBridge: EventBridgeAdapter) =>
      open(request, sqs, sns, eventBridge),
    inject: [SqsAdapter, SnsAdapter, EventBridgeAdapter],
  }));

export const requestedAdapterTokens = (): string[] => [...adapterRequests().keys()];

function open(
  { kind, name, connection }: AdapterRequest,
  sqs: SqsAdapter,
  sns: SnsAdapter,
  eventBridge: EventBridgeAdapter,
) {
  if (kind === 'queue') return (connection === undefined ? sqs : sqs.on(connection)).queue(name);
  if (kind === 'topic') return (connection === undefined ? sns : sns.on(connection)).topic(name);
  return (connection === undefined ? eventBridge : eventBridge.on(connection)).bus(name);
}
