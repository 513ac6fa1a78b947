import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { UnhandledExceptionBus } from '@nestjs/cqrs';
import type { EventEnvelope } from '../core/event-store.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';

/** Tells the application's `UnhandledExceptionBus` of events that a subscription has parked. */
@Injectable()
export class UnhandledEvents implements OnModuleInit {
  constructor(private readonly modules: ModuleRef) {}

  onModuleInit(): void {
    try {
      const bus = this.modules.get<UnhandledExceptionBus<EventEnvelope>>(UnhandledExceptionBus, { strict: false });
      const subscriptions = this.modules.get(PersistentSubscriptions, { strict: false });
      // A feature may be imported more than once; the bus shall hear of each event once.
      subscriptions.tellParked(bus, (cause, exception) => bus.publish({ cause, exception }));
    } catch {
      // The application does not import CqrsModule.
    }
  }
}
