import type { MessageContract } from '../../messaging/index.js';
import type { PlayedMessage } from '../scenario/scenario-subject.js';
import type { SnapshotOptions } from '../snapshots/snapshot-policy.js';

/** An event of a decider: data with a name. Unions of these tell events apart by `type`. */
export interface DeciderEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** Rules as functions, without a class and without effects. */
export interface Decider<State, Command, Event extends DeciderEvent> {
  /** Of what has no events yet. */
  initialState(): State;
  /** What a command leads to: one event, several, or none. Throws when the state does not allow it. */
  decide(command: Command, state: State): Event | readonly Event[] | Promise<Event | readonly Event[]>;
  /** The state after an event. Must not change the state it is given, not fail, and have no other effect. */
  evolve(state: State, event: Event): State;
}

export interface DeciderOptions<State, Command, Event extends DeciderEvent> extends Decider<State, Command, Event> {
  /** Streams are named `<category>-<id>`. Must never change. */
  readonly category: string;
  /** Every type of event with the version of its shape. Older versions are what upcasters take. */
  readonly events: Readonly<Record<Event['type'], number>>;
  /** Messages that leave in the commit of an event; made with `outgoing`. */
  readonly messages?: (event: Event, state: State, id: string) => readonly PlayedMessage[];
  /** Makes snapshots. The state must be JSON, or be made so by `toSnapshot` and `fromSnapshot`. Default: none are made. */
  readonly snapshot?: SnapshotOptions<State> & {
    readonly toSnapshot?: (state: State) => unknown;
    readonly fromSnapshot?: (stored: never) => State;
  };
}

/** A message of `messages`: its contract, data that fit it, and when it may be received. */
export const outgoing = <Input>(
  contract: MessageContract<unknown, unknown, Input>,
  data: NoInfer<Input>,
  options: { readonly delay?: number } = {},
): PlayedMessage => ({ contract: contract as MessageContract, data, ...options });
