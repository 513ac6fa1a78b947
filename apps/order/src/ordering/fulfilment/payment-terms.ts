import { Injectable, Module } from '@nestjs/common';

const VARIABLE = 'ORDER_PAYMENT_DEADLINE_MS';
const LONGEST = 365 * 24 * 60 * 60 * 1000;

/**
 * Milliseconds from the reservation until an order must be paid, from `ORDER_PAYMENT_DEADLINE_MS`. Without it, orders
 * are confirmed once their stock is reserved.
 * @throws {RangeError} unless it is a whole number from 1 to a year
 */
export function paymentDeadline(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const given = env[VARIABLE];
  if (given === undefined || given === '') return undefined;
  const deadline = Number(given);
  if (!Number.isInteger(deadline) || deadline < 1 || deadline > LONGEST) {
    throw new RangeError(`${VARIABLE} must be a whole number of milliseconds from 1 to ${LONGEST}, got "${given}"`);
  }
  return deadline;
}

/** How long the shop waits for the money. */
@Injectable()
export class PaymentTerms {
  readonly deadlineMs = paymentDeadline();
}

@Module({ providers: [PaymentTerms], exports: [PaymentTerms] })
export class PaymentTermsModule {}
