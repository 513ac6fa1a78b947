import { CircuitStoreError } from '../errors/circuit-store.error.js';
import type { SharedCircuit } from './circuit-state-store.js';

/** What stands for a circuit that nobody has written. */
export const unwrittenCircuit = (name: string): SharedCircuit => ({
  name,
  state: 'closed',
  generation: 0,
  openUntil: 0,
  timesOpened: 0,
});

/** Whether two readings are the same write. */
export const isSameCircuit = (one: SharedCircuit, other: SharedCircuit): boolean =>
  one.generation === other.generation && tellsTheSame(one, other);

/** Whether two readings tell breakers the same; what the function counts in between is no matter of theirs. */
export const tellsTheSame = (one: SharedCircuit, other: SharedCircuit): boolean =>
  one.state === other.state &&
  one.openUntil === other.openUntil &&
  one.timesOpened === other.timesOpened &&
  one.probe?.owner === other.probe?.owner &&
  one.probe?.until === other.probe?.until;

/** @throws {CircuitStoreError} when a write would not be told apart from what it replaces */
export function assertGenerationGrows({ name, generation }: SharedCircuit, expected: number): void {
  if (generation > expected) return;
  throw new CircuitStoreError(
    `was asked to replace generation ${expected} of "${name}" by generation ${generation}`,
    'Write a generation above the one that was read.',
  );
}
