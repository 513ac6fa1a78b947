import { inspect } from 'node:util';
import type { PlayedScenario } from '../../event-sourcing/runtime.js';
import { assertSame, failure } from './assert-same.js';
import { assertError, type ExpectedError } from './expected-error.js';
import { comparableExpectations, comparableMessages, type ExpectedMessage } from './expected-message.js';

/** Everything that is named is compared; the rest may be as it is. */
export interface ScenarioExpectations<Event, State> {
  /** All new events, in their order. */
  readonly events?: readonly Event[];
  /** Some of the state's properties, each as a whole; a state that is no object as a whole. */
  readonly state?: Partial<State>;
  /** All messages, in their order. */
  readonly messages?: readonly ExpectedMessage[];
}

/**
 * What a scenario comes to. It is played once, by the first of these; each rejects with an `AssertionError` that shows the
 * difference.
 */
export class ScenarioOutcome<Event, State> {
  private played: Promise<PlayedScenario> | undefined;

  /** @param title for messages */
  constructor(
    private readonly title: string,
    private readonly play: () => Promise<PlayedScenario>,
  ) {}

  /** Expects exactly these events, or what the object names. */
  // oxlint-disable-next-line no-thenable -- given, when, then are the words of the field; it is no promise.
  then(expected: readonly Event[] | ScenarioExpectations<Event, State>): Promise<void> {
    if (typeof expected !== 'function') return this.expect(expected);
    // Awaited, as if it were a promise: rejects, so that a test without an expectation cannot pass.
    const [, reject] = arguments as unknown as [unknown, (error: unknown) => void];
    reject(
      failure(`${this.title}: nothing is expected of it. Say then(…), thenThrows(…), thenState(…) or thenMessages(…)`),
    );
    return Promise.resolve();
  }

  /** Expects it to fail, so that nothing is stored. */
  async thenThrows(expected?: ExpectedError): Promise<void> {
    const { failure: failed, events } = await this.result();
    if (failed) return assertError(failed.error, expected, this.title);
    throw failure(`${this.title}: expected to fail, but it made ${inspect(events, { depth: 5 })}`, { actual: events });
  }

  thenState(state: Partial<State>): Promise<void> {
    return this.expect({ state });
  }

  thenMessages(messages: readonly ExpectedMessage[]): Promise<void> {
    return this.expect({ messages });
  }

  private async expect(expected: readonly Event[] | ScenarioExpectations<Event, State>): Promise<void> {
    const { events, state, messages } = isList(expected) ? { events: expected } : expected;
    const played = await this.result();
    if (played.failure) {
      const { error } = played.failure;
      throw failure(`${this.title}: it failed with ${inspect(error)}`, { actual: error, expected, cause: error });
    }
    if (events) assertSame(played.events, [...events], `${this.title}: other events came than were expected`);
    if (messages) {
      const sent = comparableMessages(played.messages);
      assertSame(sent, comparableExpectations(messages), `${this.title}: other messages came than were expected`);
    }
    if (state !== undefined) {
      assertSame(partOf(played.state, state), state, `${this.title}: the state is another than was expected`);
    }
  }

  private result(): Promise<PlayedScenario> {
    return (this.played ??= this.play());
  }
}

const isList = <Item>(value: unknown): value is readonly Item[] => Array.isArray(value);

/** As much of the state as is expected. */
function partOf(state: unknown, expected: unknown): unknown {
  if (!isObject(state) || !isObject(expected)) return state;
  return Object.fromEntries(Object.keys(expected).map((key) => [key, (state as Record<string, unknown>)[key]]));
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
