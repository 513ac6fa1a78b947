import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { MessageSchema } from './message-contract.js';

/** Some Standard Schemas are functions (arktype), so this test comes before that for a class. */
export const isStandardSchema = (value: unknown): value is StandardSchemaV1 =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && '~standard' in value;

export const isMessageSchema = (value: unknown): value is MessageSchema =>
  isStandardSchema(value) || (typeof value === 'function' && typeof value.prototype === 'object');
