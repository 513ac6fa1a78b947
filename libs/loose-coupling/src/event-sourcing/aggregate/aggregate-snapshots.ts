import { frozenCopy } from '../core/frozen-copy.js';
import { restoreFields, stateOfFields } from '../snapshots/state-of-fields.js';
import type { EventSourced } from './event-sourced.js';

/** Of its constructor, not of its events. */
const NOT_STATE = ['id'];

/** @throws {UnstorableDataError} when the state holds what a snapshot cannot */
export function stateOf(aggregate: EventSourced): unknown {
  const subject = `snapshot of ${aggregate.constructor.name}`;
  if (aggregate.toSnapshot) return { state: frozenCopy(aggregate.toSnapshot(), subject) };
  return stateOfFields(aggregate, NOT_STATE, subject);
}

/** @throws whatever keeps the state from being taken */
export function restoreState(aggregate: EventSourced, snapshot: unknown): void {
  if (!aggregate.fromSnapshot) return restoreFields(aggregate, snapshot);
  const { state } = (snapshot ?? {}) as { readonly state?: never };
  if (state === undefined) throw new TypeError('The snapshot was not made by toSnapshot().');
  aggregate.fromSnapshot(state);
}
