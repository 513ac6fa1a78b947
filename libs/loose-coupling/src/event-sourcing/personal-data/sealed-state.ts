import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { decrypt, encrypt } from './aes-gcm.js';
import type { KnownKey } from './key-cache.js';

/** A value that takes the keys of all subjects it is about to read. */
export interface SealedState {
  readonly subjects: readonly (readonly [subject: string, keyId: string])[];
  /** The key of the content, encrypted under the key of one subject after the other. */
  readonly key: string;
  readonly content: string;
}

export interface SubjectKey {
  readonly subject: string;
  readonly id: string;
  readonly key: KeyObject;
}

const BYTES = 32;

/** @param context what the state belongs to; must be the same when opening */
export function sealState(state: unknown, subjects: readonly SubjectKey[], context: string): SealedState {
  const contentKey = randomBytes(BYTES);
  let wrapped: Buffer = contentKey;
  for (const { subject, id, key } of subjects) wrapped = encrypt(key, wrapped, keyContext(context, subject, id));
  const content = encrypt(createSecretKey(contentKey), Buffer.from(JSON.stringify(state)), context);
  return {
    subjects: subjects.map(({ subject, id }) => [subject, id]),
    key: wrapped.toString('base64'),
    content: content.toString('base64'),
  };
}

/** Undefined when one of the subjects is forgotten, or something is not as it was sealed. */
export function openState(
  { subjects, key, content }: SealedState,
  known: readonly KnownKey[],
  context: string,
): unknown {
  let wrapped: Buffer | undefined = Buffer.from(key, 'base64');
  for (const [index, [subject, id]] of [...subjects.entries()].toReversed()) {
    const subjectKey = known[index];
    if (!wrapped || !subjectKey || subjectKey.forgotten || subjectKey.id !== id) return undefined;
    wrapped = decrypt(subjectKey.key, wrapped, keyContext(context, subject, id));
  }
  if (wrapped?.byteLength !== BYTES) return undefined;
  const text = decrypt(createSecretKey(wrapped), Buffer.from(content, 'base64'), context);
  return text && (JSON.parse(text.toString()) as unknown);
}

const keyContext = (context: string, subject: string, id: string): string => JSON.stringify([context, subject, id]);
