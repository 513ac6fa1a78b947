import type { MessageContract } from '../../messaging/index.js';

/** A message that a scenario would have sent. */
export interface PlayedMessage {
  readonly contract: MessageContract;
  readonly data: unknown;
  /** Milliseconds. */
  readonly delay?: number;
}

/** What came of a scenario. */
export interface PlayedScenario {
  /** New ones, in their order. */
  readonly events: readonly unknown[];
  readonly messages: readonly PlayedMessage[];
  readonly state: unknown;
  /** What it failed with; then nothing would have been stored. */
  readonly failure?: { readonly error: unknown };
}

/** Plays what happens after a history, in memory, as an application would. Found under `SCENARIO` of what is tested. */
export interface ScenarioSubject<Given, When> {
  /** For messages: `Order`. */
  readonly name: string;
  /** Never rejects for what the subject itself throws. */
  play(given: readonly Given[], when: When): Promise<PlayedScenario>;
}

/**
 * Static member of what `given` of `nestjs-loose-coupling/testing` takes: makes its scenario, so that testing needs to
 * load nothing of it.
 */
export const SCENARIO = Symbol.for('nestjs-loose-coupling:scenario');
