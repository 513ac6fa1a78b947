import { parseUntrustedJson } from '../../kernel/index.js';
import type { PersonalDataRule } from '../../messaging/index.js';
import { InvalidCommitError } from '../errors/invalid-commit.error.js';
import { TamperedDataError } from '../errors/tampered-data.error.js';
import { decrypt, encrypt } from './aes-gcm.js';
import type { DataKeys } from './data-keys.js';
import { valueAt, withValue, without } from './field-paths.js';
import { ForgottenData } from './forgotten-data.js';
import type { KnownKey } from './key-cache.js';
import { toSubject } from './subject-id.js';

/** Fields of one subject: what stands in the stored form in their place. */
export type SealedPart = readonly [subject: string, keyId: string, paths: readonly string[], sealed: string];

/** Where data belongs. All of it is authenticated, so that sealed fields are worth nothing elsewhere. */
export interface SealingPlace {
  readonly tenant: string | undefined;
  /** Stream, type and id of an event; type, source and id of a message. */
  readonly name: readonly string[];
}

export interface SealedData {
  readonly data: unknown;
  readonly parts: readonly SealedPart[];
}

/**
 * Takes personal fields out of JSON data and encrypts them, those of one subject together.
 * @throws {SubjectForgottenError}
 * @throws {InvalidCommitError} when the data does not say whose it is
 */
export async function sealFields(
  keys: DataKeys,
  place: SealingPlace,
  data: unknown,
  rules: readonly PersonalDataRule[],
): Promise<SealedData> {
  const parts: SealedPart[] = [];
  let left = data;
  for (const { subject: path, fields } of rules) {
    const present = fields.filter((field) => valueAt(data, field) !== undefined);
    if (present.length === 0) continue;
    const subject = toSubject(valueAt(data, path));
    if (subject === undefined) {
      throw new InvalidCommitError(
        `${place.name.join(' ')} has personal data, and "${path}" must say whose: a text of up to 512 characters, or a whole number`,
      );
    }
    const { id, key } = await keys.forSealing({ tenant: place.tenant, subject });
    const values = Buffer.from(JSON.stringify(present.map((field) => valueAt(data, field))));
    const sealed = encrypt(key, values, contextOf(place, subject, id, present)).toString('base64');
    parts.push([subject, id, present, sealed]);
    for (const field of present) left = without(left, field);
  }
  return { data: left, parts };
}

/** Whose keys it takes to open parts. */
export const subjectsOf = (parts: readonly SealedPart[]): readonly string[] => parts.map(([subject]) => subject);

/**
 * Puts the fields back in their places; `ForgottenData` where the subject is forgotten.
 * @throws {TamperedDataError}
 */
export function openFields(
  { data, parts }: SealedData,
  place: SealingPlace,
  keyOf: (subject: string) => KnownKey,
): unknown {
  let opened = data;
  for (const [subject, keyId, paths, sealed] of parts) {
    const known = keyOf(subject);
    if (known.forgotten) {
      for (const path of paths) opened = withValue(opened, path, new ForgottenData(subject, path));
      continue;
    }
    const context = contextOf(place, subject, keyId, paths);
    const plain = known.id === keyId ? decrypt(known.key, Buffer.from(sealed, 'base64'), context) : undefined;
    if (!plain) throw new TamperedDataError(place.name.join(' '));
    const values = parseUntrustedJson(plain.toString()) as readonly unknown[];
    paths.forEach((path, index) => (opened = withValue(opened, path, values[index])));
  }
  return opened;
}

/** @throws {TamperedDataError} for what no `sealFields` has made */
export function readParts(value: unknown, place: SealingPlace): readonly SealedPart[] {
  const fits = Array.isArray(value) && value.every(isPart);
  if (!fits) throw new TamperedDataError(place.name.join(' '));
  return value as SealedPart[];
}

const isPart = (part: unknown): boolean =>
  Array.isArray(part) &&
  part.length === 4 &&
  [part[0], part[1], part[3]].every((text) => typeof text === 'string') &&
  Array.isArray(part[2]) &&
  part[2].every((path) => typeof path === 'string' && !path.split('.').includes('__proto__'));

const contextOf = ({ tenant, name }: SealingPlace, subject: string, keyId: string, paths: readonly string[]): string =>
  JSON.stringify(['lc-personal-data', tenant ?? null, name, subject, keyId, paths]);
