import type { MessageContract } from '../contracts/message-contract.js';
import type { DeadLetterDetails } from '../core/dead-letter.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { MessageContext } from './message-context.js';

const BRAND = Symbol.for('nestjs-loose-coupling:message-context');

/** Everything about one delivery that the envelope does not say. */
export interface Delivery {
  readonly queue: string;
  readonly handler: string;
  readonly attempt: number;
  readonly lastAttempt: boolean;
  readonly signal: AbortSignal;
  readonly inbox: boolean;
  readonly groupId?: string | undefined;
  readonly contract?: MessageContract | undefined;
  readonly deadLetter?: DeadLetterDetails | undefined;
}

/** The `MessageContext` of one delivery to one handler. */
export class HandlerContext implements MessageContext {
  readonly [BRAND] = true;
  readonly queue: string;
  readonly handler: string;
  readonly attempt: number;
  readonly lastAttempt: boolean;
  readonly signal: AbortSignal;
  readonly inbox: boolean;
  readonly groupId?: string;
  readonly contract?: MessageContract;
  readonly deadLetter?: DeadLetterDetails;

  constructor(
    readonly envelope: MessageEnvelope,
    delivery: Delivery,
  ) {
    this.queue = delivery.queue;
    this.handler = delivery.handler;
    this.attempt = delivery.attempt;
    this.lastAttempt = delivery.lastAttempt;
    this.signal = delivery.signal;
    this.inbox = delivery.inbox;
    if (delivery.groupId !== undefined) this.groupId = delivery.groupId;
    if (delivery.contract) this.contract = delivery.contract;
    if (delivery.deadLetter) this.deadLetter = delivery.deadLetter;
  }

  get id(): string {
    return this.envelope.id;
  }

  get source(): string {
    return this.envelope.source;
  }

  get type(): string {
    return this.envelope.type;
  }

  get time(): number {
    return Date.parse(this.envelope.time);
  }

  get correlationId(): string {
    return this.envelope.correlationid ?? this.envelope.id;
  }

  get causationId(): string | undefined {
    return this.envelope.causationid;
  }

  get tenantId(): string | undefined {
    return this.envelope.tenantid;
  }

  get partitionKey(): string | undefined {
    return this.envelope.partitionkey;
  }

  get traceparent(): string | undefined {
    return this.envelope.traceparent;
  }

  get idempotencyKey(): string | undefined {
    return this.envelope.idempotencykey;
  }
}

/**
 * Tells guards, interceptors, pipes and filters that are shared with HTTP whether they run for a message:
 * `isMessageContext(host.switchToRpc().getContext())`.
 */
export const isMessageContext = (value: unknown): value is MessageContext =>
  typeof value === 'object' && value !== null && BRAND in value;
