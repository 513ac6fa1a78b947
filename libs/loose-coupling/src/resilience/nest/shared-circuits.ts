import { Inject, Injectable, Optional, type LoggerService } from '@nestjs/common';
import { Clock } from '../../kernel/index.js';
import type { ResilienceEvent } from '../events/resilience-event.js';
import { ResilienceRegistry } from '../registry/resilience-registry.js';
import { CircuitCoordinator } from '../state/circuit-coordinator.js';
import { CircuitStateStore } from '../state/circuit-state-store.js';
import { RESILIENCE_SETTINGS, type ResilienceSettings } from './resilience-module.options.js';

/** Shares the circuits of the application with other processes, where its options say so. */
@Injectable()
export class SharedCircuits {
  private readonly coordinator: CircuitCoordinator | undefined;

  constructor(
    registry: ResilienceRegistry,
    clock: Clock,
    @Inject(RESILIENCE_SETTINGS) { options, logger }: ResilienceSettings,
    @Optional() store?: CircuitStateStore,
  ) {
    if (!store) return;
    const { refreshInterval, storeTimeout, policies } = options.sharedState ?? {};
    this.coordinator = new CircuitCoordinator({
      store,
      clock,
      ...(refreshInterval !== undefined && { refreshInterval }),
      ...(storeTimeout !== undefined && { storeTimeout }),
      ...(policies && { policies }),
      onEvent: (event) => {
        registry.emit(event);
        if (event.type === 'shared-state') logChange(event, logger);
      },
    });
    this.coordinator.attachTo(registry);
  }

  /** Gives leases back and closes the store. */
  async close(): Promise<void> {
    await this.coordinator?.close();
  }
}

/** Once for each change: the coordinator tells of no more. */
function logChange(
  { reachable, error }: Extract<ResilienceEvent, { type: 'shared-state' }>,
  logger: LoggerService,
): void {
  if (reachable) logger.log('The store of shared circuits answers again: breakers follow other processes.');
  else
    logger.warn(`The store of shared circuits does not answer; each breaker decides alone meanwhile. ${String(error)}`);
}
