/** Resilience of a Nest application. */
export interface ResilienceModuleOptions {
  /**
   * Answers rejections and timeouts that nobody caught with 503, 504 or 429 and Retry-After, over HTTP and to callers of a
   * Nest microservice. The application's own filters go first. Default true.
   */
  readonly httpErrors?: boolean;
}

/** Injection token of the checked options. */
export const RESILIENCE_OPTIONS = Symbol.for('nestjs-loose-coupling:resilience-options');
