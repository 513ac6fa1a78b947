import type { MessageContract } from '../../messaging/index.js';

/** A message that waits for the commit of its aggregate. */
export interface PendingMessage {
  readonly contract: MessageContract;
  readonly data: unknown;
  readonly delay?: number;
}

/** What the repository keeps in an aggregate, out of the way of its own members. */
export interface AggregateInternals {
  /** Version of the last event that is stored; 0 when none is. */
  version: number;
  readonly messages: PendingMessage[];
  /** Version of the last snapshot; 0 when there is none. */
  snapshotVersion: number;
  /** Size of the events after it, where a snapshot depends on it. */
  bytesSince: number;
  /** Whose it is, where the store keeps tenants apart; unset until it was loaded, or made within a tenant, or saved. */
  tenant?: string | undefined;
  /** How `commit()` saves; set when a repository made or loaded it. */
  save?: () => Promise<void>;
  /** The save on its way. */
  saving?: Promise<void> | undefined;
}

export const INTERNALS = Symbol.for('nestjs-loose-coupling:aggregate-internals');

/** What the repository needs of an aggregate. */
export interface EventSourced {
  readonly id: string;
  readonly [INTERNALS]: AggregateInternals;
  getUncommittedEvents(): object[];
  loadFromHistory(history: object[]): void;
  /** What a snapshot keeps. Default: the own enumerable fields. */
  toSnapshot?(): unknown;
  /** The other way, on a new instance. */
  fromSnapshot?(state: never): void;
}

export type AggregateClass<A extends EventSourced = EventSourced> = new (id: string) => A;
