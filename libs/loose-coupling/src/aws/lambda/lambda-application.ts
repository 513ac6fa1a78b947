import type { INestApplicationContext } from '@nestjs/common';
import { Outbox } from '../../event-sourcing/runtime.js';
import { Clock, InvalidOptionsError } from '../../kernel/index.js';
import {
  MESSAGING_OPTIONS,
  MessageDispatchers,
  MessageHandlerRegistry,
  MessageTransport,
  type MessagingOptions,
} from '../../messaging/index.js';

/** An application, or what makes one when the function starts. */
export type LambdaApplicationSource =
  INestApplicationContext | (() => INestApplicationContext | Promise<INestApplicationContext>);

/** The parts of a started application that take messages to its handlers. */
export interface StartedApplication {
  readonly transport: MessageTransport;
  readonly registry: MessageHandlerRegistry;
  readonly dispatchers: MessageDispatchers;
  readonly options: MessagingOptions;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Starts an application once for all invocations of a function, while Lambda initialises it. An invocation is told what
 * kept it from starting; the next one tries again.
 */
export class LambdaApplication {
  private starting: Promise<StartedApplication> | undefined;

  constructor(private readonly source: LambdaApplicationSource) {
    if (typeof source !== 'function') return;
    this.starting = this.start();
    this.starting.catch(() => undefined);
  }

  async started(): Promise<StartedApplication> {
    const starting = (this.starting ??= this.start());
    try {
      return await starting;
    } catch (error) {
      if (this.starting === starting) this.starting = undefined;
      throw error;
    }
  }

  private async start(): Promise<StartedApplication> {
    const app = typeof this.source === 'function' ? await this.source() : this.source;
    await app.init();
    const get = { strict: false } as const;
    const options = app.get<MessagingOptions>(MESSAGING_OPTIONS, get);
    if (options.consumes) {
      throw new InvalidOptionsError('LooseCouplingModule on AWS Lambda', [
        'consumer.enabled: expected false, so that the function does not receive beside Lambda, got true',
      ]);
    }
    return {
      options,
      transport: app.get(MessageTransport, get),
      registry: app.get(MessageHandlerRegistry, get),
      dispatchers: app.get(MessageDispatchers, get),
      outbox: app.get(Outbox, get),
      clock: app.get(Clock, get),
    };
  }
}
