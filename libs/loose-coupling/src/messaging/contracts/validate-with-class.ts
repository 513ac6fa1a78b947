import type { ValidationError } from 'class-validator';
import { MissingPackageError } from '../../kernel/index.js';
import { InvalidMessageDataError, type DataIssue } from '../errors/invalid-message-data.error.js';
import { loadClassValidator, type ClassValidatorPackages } from './class-validator.loader.cjs';
import type { ValidatedClass } from './message-contract.js';

let packages: ClassValidatorPackages | undefined;

/** Makes an instance of the class, drops what the class does not know, and runs the class-validator decorators. */
export async function validateWithClass<Data>(
  target: ValidatedClass<Data>,
  data: unknown,
  subject: string,
): Promise<Data> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new InvalidMessageDataError(subject, [{ path: '', message: `must be an object, as ${target.name} is` }]);
  }
  packages ??= loadClassValidator(
    (packageName, cause) => new MissingPackageError(packageName, `A contract with the class ${target.name}`, { cause }),
  );
  const instance = packages.plainToInstance(target as ValidatedClass<object>, data);
  const errors = await packages.validate(instance, { whitelist: true, forbidUnknownValues: true });
  if (errors.length > 0) throw new InvalidMessageDataError(subject, errors.flatMap(issuesOf('')));
  return instance as Data;
}

const issuesOf =
  (parent: string) =>
  (error: ValidationError): DataIssue[] => {
    const path = parent ? `${parent}.${error.property}` : String(error.property ?? '');
    return [
      ...Object.values(error.constraints ?? {}).map((message) => ({ path, message })),
      ...(error.children ?? []).flatMap(issuesOf(path)),
    ];
  };
