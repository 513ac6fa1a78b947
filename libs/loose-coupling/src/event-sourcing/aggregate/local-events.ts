import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EventBus } from '@nestjs/cqrs';
import { outsideHandlerRun } from '../core/handler-run.js';

/**
 * Tells the `@EventsHandler`s of this process what was stored. Best effort: a crash right after the commit loses it,
 * and a handler that fails fails alone. What must happen belongs into an emitted message.
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
      Promise.all(Array.isArray(published) ? published : [published]).catch((error) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  /** Absent when the application does not import CqrsModule. */
  private findBus(): EventBus | null {
    if (this.bus !== undefined) return this.bus;
    try {
      this.bus = this.modules.get(EventBus, { strict: false });
    } catch {
      this.bus = null;
    }
    return this.bus ?? null;
  }

  private report(error: unknown): void {
    this.logger.error('The EventBus refused events that are stored; handlers in this process missed them.', error);
  }
}
