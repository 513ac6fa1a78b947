import { Attempt } from './attempt.js';
import type { FrameParts } from './frame-parts.js';
import type { PipelineEnvironment } from './policy-set.port.js';

/** One of the requests of a hedge. */
export class HedgeLeg extends Attempt {
  constructor(
    attempt: number,
    environment: PipelineEnvironment,
    parts: FrameParts,
    outer: Attempt,
    private readonly onAnswer: (leg: HedgeLeg) => void,
  ) {
    super(attempt, environment, parts, undefined, outer);
  }

  protected override startAnswer(): void {
    super.startAnswer();
    this.onAnswer(this);
  }
}
