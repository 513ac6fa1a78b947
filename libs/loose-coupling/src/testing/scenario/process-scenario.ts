import type { MessageContract } from '../../messaging/index.js';
import type {
  PlayedProcess,
  ProcessScenarioSubject,
  ProcessStep,
  ScenarioEvent,
} from '../../event-sourcing/runtime.js';
import type { ExpectedMessage } from './expected-message.js';
import { ScenarioOutcome, type ScenarioExpectations } from './scenario-outcome.js';

/** The history of a process, and what may happen next. */
export class ProcessScenario {
  constructor(
    private readonly subject: ProcessScenarioSubject,
    private readonly history: readonly ProcessStep[],
  ) {}

  /** A message comes, as `[contract, data]`, or an event of the own store. */
  when(input: readonly [contract: MessageContract, data: unknown] | ScenarioEvent): ProcessOutcome {
    return this.outcome(input);
  }

  /** Milliseconds pass, and the deadlines in them are reached. */
  whenTimeElapses(ms: number): ProcessOutcome {
    return this.outcome({ elapsed: ms });
  }

  private outcome(step: ProcessStep): ProcessOutcome {
    const { subject, history } = this;
    const title = `${subject.name} after ${history.length} step${history.length === 1 ? '' : 's'}`;
    return new ProcessOutcome(title, () => subject.play(history, step));
  }
}

/** What a process comes to. A list that `then` is given are all the messages that leave. */
export class ProcessOutcome extends ScenarioOutcome<unknown, PlayedProcess> {
  // oxlint-disable-next-line no-thenable -- as in ScenarioOutcome
  override then(expected: readonly ExpectedMessage[] | ScenarioExpectations<unknown, PlayedProcess>): Promise<void> {
    if (!Array.isArray(expected)) return super.then.apply(this, arguments as unknown as [never]);
    return this.thenMessages(expected as readonly ExpectedMessage[]);
  }
}
