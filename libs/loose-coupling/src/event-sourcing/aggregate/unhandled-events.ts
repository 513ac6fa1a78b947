import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { UnhandledExceptionBus } from '@nestjs/cqrs';
import type { EventEnvelope } from '../core/event-store.js';
import { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';

/** Tells the application's `UnhandledExceptionBus` of events that a subscription has parked. */
@Injectable()
export class UnhandledEvents implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly subscriptions: PersistentSubscriptions,
  ) {}

  onModuleInit(): void {
    let bus: UnhandledExceptionBus<EventEnvelope>;
    try {
      bus = this.modules.get<UnhandledExceptionBus<EventEnvelope>>(UnhandledExceptionBus, { strict: false });
    } catch {
      // The application does not import CqrsModule.
      return;
    }
    // A feature may be imported more than once; the bus shall hear of each event once.
    this.subscriptions.tellParked(bus, (cause, exception) => bus.publish({ cause, exception }));
  }
}
