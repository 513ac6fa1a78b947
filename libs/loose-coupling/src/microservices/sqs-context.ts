import { BaseRpcContext } from '@nestjs/microservices';
import type { MessageEnvelope, ReceivedMessage } from '../messaging/index.js';
import { readMetadata } from './packet-metadata.js';

/** What a handler gets as `@Ctx()`: the message as the queue handed it out. */
export class SqsContext extends BaseRpcContext<
  [message: ReceivedMessage, queue: string, envelope: MessageEnvelope, signal: AbortSignal]
> {
  getMessage(): ReceivedMessage {
    return this.args[0];
  }

  /** Name of the queue it was received from. */
  getQueue(): string {
    return this.args[1];
  }

  /** The CloudEvent that the message carries. */
  getEnvelope(): MessageEnvelope {
    return this.args[2];
  }

  /** The pattern, as Nest has normalised it. */
  getPattern(): string {
    return this.args[2].type;
  }

  /** 1 for the first delivery. */
  getReceiveCount(): number {
    return this.args[0].receiveCount;
  }

  /** Aborted when the message is lost to another consumer, and when a shutdown has waited for `drainTimeout`. */
  getSignal(): AbortSignal {
    return this.args[3];
  }

  /** What the client's `setOnDispatchHook` has attached, if anything. */
  getMetadata(): Readonly<Record<string, string>> | undefined {
    return readMetadata(this.args[0].attributes);
  }
}
