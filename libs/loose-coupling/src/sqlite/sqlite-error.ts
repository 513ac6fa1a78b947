import { DatabaseBusyError } from './errors/database-busy.error.js';

const codeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
};

/** Whether an error says that a row with the same unique or primary key is already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_ROWID'
  );
}

/** Gives the driver's lock errors a type of our own; others pass unchanged. */
export function translateError(error: unknown, file: string): unknown {
  const code = codeOf(error);
  return code?.startsWith('SQLITE_BUSY') || code?.startsWith('SQLITE_LOCKED')
    ? new DatabaseBusyError(file, { cause: error })
    : error;
}
