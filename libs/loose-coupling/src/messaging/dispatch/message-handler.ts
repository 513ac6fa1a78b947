import type { MessageContract } from '../contracts/message-contract.js';
import type { LaneTurn } from '../core/lane-turn.js';
import type { HandlerMetadata } from '../decorators/handler-metadata.js';
import type { MessageContext } from './message-context.js';
import type { RetryPolicy } from './retry-policy.js';

export type HandlerKind = HandlerMetadata['kind'];

/** Runs the user's method, with Nest's guards, pipes, interceptors and filters around it. */
export type HandlerInvoker = (data: unknown, context: MessageContext, turn?: LaneTurn) => Promise<unknown>;

/** One handler of one message type, as it is bound to a queue. */
export interface MessageHandler {
  /** `<service>/<Class>.<method>`: stable, names the handler in logs, dead letters and the inbox. */
  readonly id: string;
  readonly kind: HandlerKind;
  readonly contract?: MessageContract | undefined;
  readonly retry: RetryPolicy;
  readonly inbox: boolean;
  /** Event that answers are published as, to requests that name no queue. */
  readonly responseTopic?: string | undefined;
  readonly invoke: HandlerInvoker;
  /** Where `invoke` collects messages: gives its method what there is, and waits no more. */
  readonly hurry?: (() => void) | undefined;
}
