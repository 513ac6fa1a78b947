import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock } from '../../kernel/index.js';
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
    @Inject(RESILIENCE_SETTINGS) { options }: ResilienceSettings,
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
      onEvent: (event) => registry.emit(event),
    });
    this.coordinator.attachTo(registry);
  }

  /** Gives leases back and closes the store. */
  async close(): Promise<void> {
    await this.coordinator?.close();
  }
}
