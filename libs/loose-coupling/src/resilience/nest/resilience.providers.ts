import type { Provider } from '@nestjs/common';
import { ResilienceExceptionFilter } from './resilience-exception.filter.js';
import { ResilienceLifecycle } from './resilience-lifecycle.js';

/** Needs `RESILIENCE_OPTIONS` and `Clock` beside it. */
export const resilienceProviders: Provider[] = [ResilienceExceptionFilter, ResilienceLifecycle];
