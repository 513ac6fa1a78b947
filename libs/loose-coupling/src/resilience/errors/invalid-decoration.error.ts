import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown while a class is being defined, when a resilience decorator stands where it cannot work. */
export class InvalidDecorationError extends LooseCouplingError {
  readonly code = 'LC_INVALID_DECORATION';

  /** @param subject the decorator and what it is on, `@Timeout() on Stock.find` */
  constructor(
    readonly subject: string,
    fault: string,
  ) {
    super(`${subject}: ${fault}`);
  }
}
