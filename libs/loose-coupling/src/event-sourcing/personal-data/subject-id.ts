import { isStorableText } from '../core/storable-text.js';

/** Whose data it is: a person, of a tenant where there are tenants. */
export interface SubjectId {
  readonly tenant?: string | undefined;
  readonly subject: string;
}

/** What its key is stored under. Names of tenants are not empty and hold no "#", so no two subjects share one. */
export function subjectKey({ tenant, subject }: SubjectId): string {
  if (tenant !== undefined) return `${tenant}#${subject}`;
  return subject.includes('#') ? `#${subject}` : subject;
}

const LONGEST = 512;

/** What a subject may be named, of what an event says. */
export function toSubject(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= LONGEST && isStorableText(text) ? text : undefined;
}
