export type { MessageEnvelope } from './envelope/message-envelope.js';
