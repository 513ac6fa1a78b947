import type { LoggerService } from '@nestjs/common';

/** What a `@SqsConsumerEventHandler` is told of; the other events of sqs-consumer are about a loop that is not there. */
export const SQS_CONSUMER_EVENTS = ['message_received', 'message_processed', 'processing_error', 'error'] as const;
export type SqsConsumerEvent = (typeof SQS_CONSUMER_EVENTS)[number];

export interface SqsEventHandler {
  readonly event: string;
  readonly name: string;
  readonly call: (...values: unknown[]) => unknown;
}

/** The event handlers of one consumer. One that fails is logged, and touches neither a message nor the others. */
export class SqsEventHandlers {
  constructor(
    private readonly handlers: readonly SqsEventHandler[],
    private readonly logger: LoggerService,
  ) {}

  emit(event: SqsConsumerEvent, ...values: unknown[]): void {
    for (const handler of this.handlers) if (handler.event === event) void this.call(handler, values);
  }

  private async call({ event, name, call }: SqsEventHandler, values: readonly unknown[]): Promise<void> {
    try {
      await call(...values);
    } catch (error) {
      this.logger.warn(`${name}, told of ${event}, failed: ${String(error)}`);
    }
  }
}
