export {
  ResilienceHealthIndicator,
  type ResilienceHealthOptions,
  type ResilienceHealthResult,
} from './resilience.health-indicator.js';
export type { CircuitHealth } from './circuit-health.js';
export {
  MessagingHealthIndicator,
  type MessagingHealthOptions,
  type MessagingHealthResult,
  type QueueHealth,
} from './messaging.health-indicator.js';
