import { Injectable, Logger, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EventBus, UnhandledExceptionBus } from '@nestjs/cqrs';
import { outsideHandlerRun } from '../core/handler-run.js';

/**
 * Tells the `@EventsHandler`s of this process what was stored. Best effort: a crash right after the commit loses it,
 * and a handler that fails fails alone. What it fails with, and what a publisher fails with, goes to the
 * `UnhandledExceptionBus`. What must happen belongs into an emitted message.
 */
@Injectable()
export class LocalEvents {
  private readonly logger = new Logger('LooseCoupling');
  private bus: EventBus | null | undefined;

  constructor(private readonly modules: ModuleRef) {}

  publish(events: readonly object[]): void {
    const bus = this.findBus();
    if (!bus || events.length === 0) return;
    try {
      // What they commit is not of the message being handled: it must neither take its mark nor be a second commit.
      const published: unknown = outsideHandlerRun(() => bus.publishAll([...events]));
      // A publisher of the application's own may be asynchronous.
      Promise.all(Array.isArray(published) ? published : [published]).catch((error: unknown) =>
        this.report(events, error),
      );
    } catch (error) {
      this.report(events, error);
    }
  }

  /** Absent when the application does not import CqrsModule. */
  private findBus(): EventBus | null {
    if (this.bus === undefined) this.bus = this.find(EventBus) ?? null;
    return this.bus;
  }

  private find<Found>(token: Type<Found>): Found | undefined {
    try {
      return this.modules.get(token, { strict: false });
    } catch {
      return undefined;
    }
  }

  /** Of a publisher; what handlers and sagas throw Nest publishes there itself. */
  private report(events: readonly object[], exception: unknown): void {
    this.logger.error('The EventBus refused events that are stored; handlers in this process missed them.', exception);
    const bus: UnhandledExceptionBus<object> | undefined = this.find(UnhandledExceptionBus<object>);
    for (const cause of events) bus?.publish({ cause, exception });
  }
}
