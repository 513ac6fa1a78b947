import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidMessageDataError, type DataIssue } from '../errors/invalid-message-data.error.js';
import { isStandardSchema } from './is-message-schema.js';
import type { MessageSchema } from './message-contract.js';
import { redactIssue } from './redact-issue.js';
import { validateWithClass } from './validate-with-class.js';

/**
 * Checks data and gives what the schema makes of it. Without a schema the data is given as it came.
 * Returns a promise only when the schema is asynchronous, so that the usual case costs none.
 * @param subject what the data is, for the message: `data of shop.order.placed`
 * @throws {InvalidMessageDataError} with every issue and its path, but never a value: those may be personal
 * @throws {MissingPackageError} when the schema is a class, and class-validator or class-transformer is not installed
 */
export function validateData<Data>(
  schema: MessageSchema<Data> | undefined,
  data: unknown,
  subject: string,
): Data | Promise<Data> {
  if (schema === undefined) return data as Data;
  if (!isStandardSchema(schema)) return validateWithClass(schema as new () => Data, data, subject);
  const result = schema['~standard'].validate(data);
  // Not only native promises: a schema library may have its own.
  return 'then' in result
    ? result.then((settled) => outputOf<Data>(settled, data, subject))
    : outputOf<Data>(result, data, subject);
}

function outputOf<Data>(result: StandardSchemaV1.Result<unknown>, data: unknown, subject: string): Data {
  if (!result.issues) return result.value as Data;
  throw new InvalidMessageDataError(
    subject,
    result.issues.map((issue) => toDataIssue(issue, data)),
  );
}

function toDataIssue(issue: StandardSchemaV1.Issue, data: unknown): DataIssue {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  return { path: path.map(String).join('.'), message: redactIssue(issue.message, valueAt(data, path)) };
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}
