export type { MessageEnvelope } from './envelope/message-envelope.js';
export { createEnvelope, type EnvelopeInput } from './envelope/create-envelope.js';
export { decodeMessage, type DecodedMessage, type MessageShape } from './envelope/decode-envelope.js';
export { encodeEnvelope } from './envelope/encode-envelope.js';

export { defineCommand, type CommandOptions } from './contracts/define-command.js';
export { defineEvent, type EventOptions } from './contracts/define-event.js';
export { validateData } from './contracts/validate-data.js';
export type {
  CommandOf,
  EventOf,
  InputOf,
  MessageContract,
  MessageSchema,
  ReplyOf,
  ValidatedClass,
} from './contracts/message-contract.js';
export { eventNameOf, toEventContract, type EventReference } from './contracts/to-event-contract.js';

export { InvalidMessageDataError, type DataIssue } from './errors/invalid-message-data.error.js';
export { UnparsableMessageError } from './errors/unparsable-message.error.js';
export { UnserializableDataError } from './errors/unserializable-data.error.js';
