import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ResilienceRegistry } from 'nestjs-loose-coupling/resilience';

/** Tells the log when a circuit opens and closes. */
@Injectable()
export class CircuitLog implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(CircuitLog.name);
  private unsubscribe?: () => void;

  constructor(private readonly resilience: ResilienceRegistry) {}

  onModuleInit(): void {
    this.unsubscribe = this.resilience.subscribe((event) => {
      if (event.type !== 'circuit-transition') return;
      this.logger.warn(`The circuit "${event.policy}" is ${event.to} (was ${event.from}): ${event.reason}`);
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }
}
