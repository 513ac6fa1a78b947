import type { Provider } from '@nestjs/common';
import { MessageBus } from './bus/message-bus.js';
import { TransportMessageBus } from './bus/transport-message-bus.js';
import { MessageTransport } from './core/message-transport.js';
import { HandlerInvokerFactory } from './dispatch/handler-invoker.factory.js';
import { MessageMiddlewareRegistry } from './dispatch/message-middleware.registry.js';
import { MessageConsumers } from './message-consumers.js';
import { MessageDispatchers } from './message-dispatchers.js';
import { MessageExplorer } from './message-explorer.js';
import { MessageHandlerRegistry } from './message-handler.registry.js';
import { MessagingLifecycle } from './messaging-lifecycle.js';
import { ReceivingStatus } from './receiving-status.js';
import { DeadLetterQueues } from './redrive/dead-letter-queues.js';
import { SqsHandlerExplorer } from './sqs-handlers/sqs-handler.explorer.js';
import { TopologyProvisioner } from './topology-provisioner.js';

/** Needs `MESSAGING_OPTIONS`, `Clock`, `MessageTransport` and Nest's `DiscoveryModule` beside it. */
export const messagingProviders: Provider[] = [
  HandlerInvokerFactory,
  MessageExplorer,
  SqsHandlerExplorer,
  MessageHandlerRegistry,
  MessageMiddlewareRegistry,
  MessageDispatchers,
  MessageConsumers,
  { provide: ReceivingStatus, useExisting: MessageConsumers },
  TopologyProvisioner,
  MessagingLifecycle,
  DeadLetterQueues,
  TransportMessageBus,
  { provide: MessageBus, useExisting: TransportMessageBus },
];

/** What an application may inject. */
export const messagingExports = [
  MessageBus,
  MessageTransport,
  ReceivingStatus,
  MessageHandlerRegistry,
  MessageMiddlewareRegistry,
  DeadLetterQueues,
];
