import {
  SCENARIO,
  type DeciderEvent,
  type DefinedDecider,
  type ScenarioSubject,
} from '../../event-sourcing/runtime.js';
import { Scenario } from './scenario.js';

/** What makes a class one of aggregates. */
export interface AggregateUnderTest {
  readonly id: string;
  getUncommittedEvents(): object[];
  loadFromHistory(history: never[]): void;
}

export interface GivenOptions {
  /** Of the aggregate, or what the decider decides on. Default '1'. */
  readonly id?: string;
}

/**
 * Begins a test in the words of the domain: given these events, when this happens, then that is expected. Nothing is
 * stored; it works in every test framework.
 *
 * @example
 * await given(Order, [new OrderWasPlaced('ALFKI', 440)])
 *   .when((order) => order.ship())
 *   .then([new OrderWasShipped()]);
 */
export function given<A extends AggregateUnderTest>(
  aggregate: new (id: string) => A,
  events?: readonly object[],
  options?: GivenOptions,
): Scenario<object, (aggregate: A) => unknown, object, A>;
export function given<State, Command, Event extends DeciderEvent>(
  decider: DefinedDecider<State, Command, Event>,
  events?: readonly Event[],
  options?: GivenOptions,
): Scenario<Event, Command, Event, State>;
export function given(subject: object, events: readonly unknown[] = [], options: GivenOptions = {}): object {
  const make = (subject as { [SCENARIO]?: MakeScenario })[SCENARIO];
  if (typeof make !== 'function') {
    throw new TypeError(
      'given() expects a class that extends EventSourcedAggregateRoot, or what defineDecider() makes.',
    );
  }
  return new Scenario(make(subject, options.id ?? '1'), events);
}

type MakeScenario = (subject: object, id: string) => ScenarioSubject<unknown, unknown>;
