import type { ScenarioSubject } from '../../event-sourcing/runtime.js';
import { ScenarioOutcome } from './scenario-outcome.js';

/** A history, and what may happen next. */
export class Scenario<Given, When, Event, State> {
  constructor(
    private readonly subject: ScenarioSubject<Given, When>,
    private readonly history: readonly Given[],
  ) {}

  when(action: When): ScenarioOutcome<Event, State> {
    const { subject, history } = this;
    const title = `${subject.name} with ${history.length} event${history.length === 1 ? '' : 's'}`;
    return new ScenarioOutcome(title, () => subject.play(history, action));
  }
}
