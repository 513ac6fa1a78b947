import {
  processScenarioOf,
  projectionScenarioOf,
  SCENARIO,
  type DeciderEvent,
  type DefinedDecider,
  type ProcessStep,
  type ScenarioEvent,
  type ScenarioSubject,
} from '../../event-sourcing/runtime.js';
import { ProcessScenario } from './process-scenario.js';
import { Scenario } from './scenario.js';

/** What makes a class one of aggregates. */
export interface AggregateUnderTest {
  readonly id: string;
  getUncommittedEvents(): object[];
  loadFromHistory(history: never[]): void;
}

export interface GivenOptions {
  /** Of the aggregate, the process, or what the decider decides on; to a projection, the stream of events that name none. Default '1'. */
  readonly id?: string;
}

/** An object of a class with `@ProcessManager`; or the class, if it injects nothing. */
export interface ProcessUnderTest {
  readonly processManager: object;
}

/** An object of a class with `@Projection`; or the class, if it injects nothing. */
export interface ProjectionUnderTest {
  readonly projection: object;
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
/** Of a process manager: what has come to it, and how much time has passed. */
export function given(
  subject: ProcessUnderTest,
  history?: readonly ProcessStep[],
  options?: GivenOptions,
): ProcessScenario;
/** Of a projection: the events it was given. Its state are the documents, by their keys. */
export function given(
  subject: ProjectionUnderTest,
  events?: readonly ScenarioEvent[],
  options?: GivenOptions,
): Scenario<ScenarioEvent, ScenarioEvent, never, Record<string, unknown>>;
export function given(subject: object, events: readonly unknown[] = [], options: GivenOptions = {}): object {
  const { processManager, projection } = subject as Partial<ProcessUnderTest & ProjectionUnderTest>;
  const process = processManager && processScenarioOf(processManager, options.id ?? '1');
  if (process) return new ProcessScenario(process, events as readonly ProcessStep[]);
  const projected = projection && projectionScenarioOf(projection, options.id ?? '1');
  if (projected) return new Scenario(projected, events as readonly ScenarioEvent[]);
  const make = (subject as { [SCENARIO]?: MakeScenario })[SCENARIO];
  if (typeof make !== 'function') {
    throw new TypeError(
      'given() expects a class that extends EventSourcedAggregateRoot, what defineDecider() makes, { processManager } ' +
        'with @ProcessManager, or { projection } with @Projection.',
    );
  }
  return new Scenario(make(subject, options.id ?? '1'), events);
}

type MakeScenario = (subject: object, id: string) => ScenarioSubject<unknown, unknown>;
