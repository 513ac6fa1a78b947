import {
  UnprocessableEntityException,
  BadRequestException,
  ValidationPipe,
  type ValidationError,
} from '@nestjs/common';
import type { InvalidField } from './problem-details.js';

/** Thrown for a request that does not fit its DTO; lists every fault. */
export class InvalidRequestException extends BadRequestException {
  constructor(readonly errors: readonly InvalidField[]) {
    super('The request is not valid.');
  }
}

/** Thrown when an Idempotency-Key comes back with another request. */
export class IdempotencyKeyReusedException extends UnprocessableEntityException {
  constructor() {
    super('This Idempotency-Key was used for a different request. Use a new key for a new request.');
  }
}

/** Unknown properties are refused, numbers in query strings are converted. */
export const createRequestValidation = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (faults) => new InvalidRequestException(faults.flatMap((fault) => fieldsOf(fault, ''))),
  });

function fieldsOf(fault: ValidationError, parent: string): InvalidField[] {
  const pointer = `${parent}/${fault.property}`;
  const own = Object.values(fault.constraints ?? {}).map((detail) => ({ pointer, detail }));
  return [...own, ...(fault.children ?? []).flatMap((child) => fieldsOf(child, pointer))];
}
