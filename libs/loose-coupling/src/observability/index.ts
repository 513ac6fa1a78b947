export { MessageTracing, type MessageTracingOptions } from './message-tracing.js';
