import {
  currentCorrelation,
  InvalidOptionsError,
  isLooseCouplingError,
  uuidv7,
  withCorrelation,
} from '../../kernel/index.js';
import type { EventStore } from '../core/event-store.js';
import { InvalidCommitError } from '../errors/invalid-commit.error.js';
import type { DataKeys } from './data-keys.js';
import { rotateKeys, type RotationOptions, type RotationProgress } from './rotate-keys.js';
import { toSubject, type SubjectId } from './subject-id.js';

/** Type of the event that tells projections to erase what they hold of a subject. Its data is `SubjectForgotten`. */
export const SUBJECT_FORGOTTEN = 'lc.subject.forgotten';

export interface SubjectForgotten {
  readonly subject: string;
}

export type ForgottenListener = (subject: SubjectId) => void;

export interface DataSubjectsParts {
  readonly keys: DataKeys;
  readonly events: EventStore;
  /** The tenant that is meant, where there are tenants. Throws when there must be one. */
  readonly tenantOf?: () => string | undefined;
}

/**
 * The persons whose data is stored. Injectable; works when `personalData` is set in `forRoot`.
 *
 * @example
 * await subjects.forget('customer-4711'); // unreadable from now on: in events, snapshots, messages and copies
 */
export class DataSubjects {
  private readonly listeners = new Set<ForgottenListener>();

  constructor(private readonly protectedBy: DataSubjectsParts | undefined) {}

  /**
   * Deletes the key of a subject, then appends `lc.subject.forgotten` to the stream `lc.subject-<subject>` for
   * projections. Cannot be undone. Once it resolves, this process cannot read the data any more, and others after
   * `personalData.cacheFor` at the latest. If it rejects, call it again: what was done is not done twice.
   */
  async forget(subject: string): Promise<void> {
    const id = this.idOf(subject);
    await this.parts.keys.forget(id);
    for (const listener of this.listeners) listener(id);
    await this.announce(id);
  }

  isForgotten(subject: string): Promise<boolean> {
    return this.parts.keys.isForgotten(this.idOf(subject));
  }

  /** Calls back in this process when its `forget` has deleted a key: the place to clear caches. Must not throw. */
  onForgotten(listener: ForgottenListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Encrypts every subject's key under the key-encryption key that is current now; the data stays as it is. Afterwards
   * the former key-encryption keys can go. May be ended and begun again.
   */
  rotateKeyEncryption(options?: RotationOptions): Promise<RotationProgress> {
    return rotateKeys(this.parts.keys, options);
  }

  /** @throws {InvalidOptionsError} */
  private get parts(): DataSubjectsParts {
    if (this.protectedBy) return this.protectedBy;
    throw new InvalidOptionsError('DataSubjects', ['personalData: set it in LooseCouplingModule.forRoot']);
  }

  private idOf(subject: unknown): SubjectId {
    const name = toSubject(subject);
    if (name === undefined) throw new InvalidCommitError('a subject is a text of 1 to 512 characters');
    return { tenant: this.parts.tenantOf?.(), subject: name };
  }

  private async announce({ tenant, subject }: SubjectId): Promise<void> {
    const event = { type: SUBJECT_FORGOTTEN, data: { subject } satisfies SubjectForgotten };
    const options = { expectedVersion: 'noStream', inbox: null } as const;
    const correlation = currentCorrelation() ?? { correlationId: uuidv7() };
    try {
      await withCorrelation(tenant === undefined ? correlation : { ...correlation, tenantId: tenant }, () =>
        this.parts.events.appendToStream(`lc.subject-${subject}`, [event], options),
      );
    } catch (error) {
      // An earlier call has told.
      if (!isLooseCouplingError(error, 'LC_WRONG_EXPECTED_VERSION')) throw error;
    }
  }
}
