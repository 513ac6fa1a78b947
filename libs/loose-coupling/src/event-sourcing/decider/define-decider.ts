import { FaultList } from '../../kernel/index.js';
import { SCENARIO } from '../scenario/scenario-subject.js';
import { checkSnapshotOptions } from '../snapshots/snapshot-policy.js';
import { deciderScenario } from './decider-scenario.js';
import type { DeciderEvent, DeciderOptions } from './decider.js';

/** A decider that was checked. `forFeature({ deciders })` takes it, and `given` of `nestjs-loose-coupling/testing`. */
export type DefinedDecider<State, Command, Event extends DeciderEvent> = DeciderOptions<State, Command, Event> & {
  readonly [SCENARIO]: unknown;
};

const KNOWN = ['category', 'events', 'initialState', 'decide', 'evolve', 'messages', 'snapshot'];

/**
 * The functional form of an aggregate: `decide` makes events of a command and a state, `evolve` makes the state of
 * events. The name and the form are Jérémie Chassaing's, https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider.
 *
 * @example
 * type LampEvent = DeciderEvent<'lamp.switched-on', object> | DeciderEvent<'lamp.switched-off', object>;
 * const lamp = defineDecider<{ on: boolean }, { on: boolean }, LampEvent>({
 *   category: 'lamp',
 *   events: { 'lamp.switched-on': 1, 'lamp.switched-off': 1 },
 *   initialState: () => ({ on: false }),
 *   decide: (command, state) =>
 *     command.on === state.on ? [] : { type: command.on ? 'lamp.switched-on' : 'lamp.switched-off', data: {} },
 *   evolve: (_, event) => ({ on: event.type === 'lamp.switched-on' }),
 * });
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineDecider<State, Command, Event extends DeciderEvent>(
  options: DeciderOptions<State, Command, Event>,
): DefinedDecider<State, Command, Event> {
  check(options);
  return { ...options, [SCENARIO]: deciderScenario };
}

export const isDecider = (value: unknown): value is DefinedDecider<unknown, unknown, DeciderEvent> =>
  typeof value === 'object' && value !== null && (value as { [SCENARIO]?: unknown })[SCENARIO] === deciderScenario;

function check(given: object): void {
  const options = given as Partial<DeciderOptions<never, never, DeciderEvent>>;
  const { category, events, messages, snapshot } = options;
  const faults = new FaultList(`The decider ${String(category)}`);
  faults.unknownKeys('', given, KNOWN);
  if (typeof category !== 'string' || !/^[A-Za-z0-9_.]+$/.test(category)) {
    faults.add('category', 'letters, digits, "_" and ".", as "-" ends it in the names of streams', category);
  }
  if (typeof events !== 'object' || events === null || Object.keys(events).length === 0) {
    faults.add('events', 'an object of types and versions', events);
  } else {
    for (const [type, version] of Object.entries(events)) faults.positiveInteger(`events['${type}']`, version);
  }
  for (const name of ['initialState', 'decide', 'evolve'] as const) {
    if (typeof options[name] !== 'function') faults.add(name, 'a function', options[name]);
  }
  if (messages !== undefined && typeof messages !== 'function') faults.add('messages', 'a function', messages);
  if (snapshot !== undefined) checkSnapshot(snapshot, faults);
  faults.throwIfAny();
}

function checkSnapshot(
  snapshot: NonNullable<DeciderOptions<never, never, DeciderEvent>['snapshot']>,
  faults: FaultList,
): void {
  const { toSnapshot, fromSnapshot, ...policy } = snapshot ?? {};
  checkSnapshotOptions(policy, faults);
  if ((toSnapshot === undefined) !== (fromSnapshot === undefined)) {
    faults.say('snapshot: toSnapshot and fromSnapshot belong together; give both, or none');
  }
}
