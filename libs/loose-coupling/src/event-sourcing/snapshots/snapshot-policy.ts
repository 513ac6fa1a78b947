import type { FaultList } from '../../kernel/index.js';

/** How far a stream is from its last snapshot. */
export interface SinceSnapshot {
  /** Of the last event. */
  readonly version: number;
  /** Events after the last snapshot. */
  readonly events: number;
  /** Their data as JSON, in UTF-8. */
  readonly bytes: number;
}

/** When a snapshot is made: as soon as one of the conditions holds after a commit. */
export interface SnapshotOptions<State = object> {
  /** After so many events. */
  readonly every?: number;
  /** After events of so many bytes of JSON together. */
  readonly afterBytes?: number;
  /** By a rule of your own; must not change the state. */
  readonly when?: (state: State, since: SinceSnapshot) => boolean;
  /**
   * Of the state's shape and meaning. Raise it when an event changes the state otherwise than before: snapshots of
   * other revisions are ignored. Default 1.
   */
  readonly revision?: number;
}

export const snapshotRevision = ({ revision = 1 }: SnapshotOptions<never>): number => revision;

/** Sizes cost time, so they are only taken where somebody asks. */
export const countsBytes = (options: SnapshotOptions<never> | undefined): boolean =>
  options?.afterBytes !== undefined || options?.when !== undefined;

export function isSnapshotDue<State>(options: SnapshotOptions<State>, state: State, since: SinceSnapshot): boolean {
  const { every, afterBytes, when } = options;
  if (since.events === 0) return false;
  if (every !== undefined && since.events >= every) return true;
  if (afterBytes !== undefined && since.bytes >= afterBytes) return true;
  return when?.(state, since) ?? false;
}

/** Adds everything that is wrong with the options. */
export function checkSnapshotOptions(options: SnapshotOptions<never>, faults: FaultList): void {
  if (typeof options !== 'object' || options === null) {
    faults.add('snapshot', 'an object', options);
    return;
  }
  faults.unknownKeys('snapshot', options, ['every', 'afterBytes', 'when', 'revision']);
  const { every, afterBytes, when, revision } = options;
  faults.positiveInteger('snapshot.every', every);
  faults.positiveInteger('snapshot.afterBytes', afterBytes);
  faults.positiveInteger('snapshot.revision', revision);
  if (when !== undefined && typeof when !== 'function') faults.add('snapshot.when', 'a function', when);
  if (every === undefined && afterBytes === undefined && when === undefined) {
    faults.say('snapshot: say when one is made, by every, afterBytes or when');
  }
}
