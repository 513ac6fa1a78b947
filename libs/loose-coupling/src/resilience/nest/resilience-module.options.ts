import type { LoggerService } from '@nestjs/common';
import type { ResilienceOptions } from '../registry/resilience.options.js';
import type { SharedStateOptions } from '../state/shared-state.options.js';

/** Resilience of a Nest application. */
export interface ResilienceModuleOptions extends ResilienceOptions {
  /**
   * Answers rejections and timeouts that nobody caught with 503, 504 or 429 and Retry-After, over HTTP and to callers of a
   * Nest microservice. The application's own filters go first. Default true.
   */
  readonly httpErrors?: boolean;
  /** Shares circuits with other processes. Default: each process has its own. */
  readonly sharedState?: SharedStateOptions;
}

/** The options, checked, and where to log. */
export interface ResilienceSettings {
  readonly options: ResilienceModuleOptions;
  readonly logger: LoggerService;
}

/** Injection token of `ResilienceSettings`. */
export const RESILIENCE_SETTINGS = Symbol.for('nestjs-loose-coupling:resilience-settings');
