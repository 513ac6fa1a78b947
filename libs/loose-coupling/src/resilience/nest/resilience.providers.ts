import type { Provider } from '@nestjs/common';
import { Clock } from '../../kernel/index.js';
import { ResilienceRegistry } from '../registry/resilience-registry.js';
import { ResilienceExceptionFilter } from './resilience-exception.filter.js';
import { ResilienceLifecycle } from './resilience-lifecycle.js';
import { RESILIENCE_SETTINGS, type ResilienceSettings } from './resilience-module.options.js';
import { SharedCircuits } from './shared-circuits.js';

function createRegistry({ options, logger }: ResilienceSettings, clock: Clock): ResilienceRegistry {
  const { httpErrors: _, sharedState: __, ...configuration } = options;
  return new ResilienceRegistry({ ...configuration, clock, logger });
}

/** Needs `RESILIENCE_SETTINGS`, `Clock` and, where circuits are shared, `CircuitStateStore` beside it. */
export const resilienceProviders: Provider[] = [
  { provide: ResilienceRegistry, useFactory: createRegistry, inject: [RESILIENCE_SETTINGS, Clock] },
  ResilienceExceptionFilter,
  SharedCircuits,
  ResilienceLifecycle,
];

/** What an application may inject. */
export const resilienceExports = [ResilienceRegistry];
