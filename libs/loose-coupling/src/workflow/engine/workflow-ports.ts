import type { OutgoingMessage } from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import type { MessageContract } from '../../messaging/index.js';

export interface ServiceCall {
  readonly service: string;
  readonly operation: string;
  readonly request: unknown;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** What the engine does through others. */
export interface WorkflowPorts {
  readonly clock: Clock;
  /** Asks a service, and resolves with its answer. */
  request(call: ServiceCall): Promise<unknown>;
  /** Makes a message that leaves with a commit. */
  message(contract: MessageContract, data: unknown): Promise<OutgoingMessage>;
}
