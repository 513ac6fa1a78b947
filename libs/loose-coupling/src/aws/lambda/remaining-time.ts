import type { LambdaContext } from './lambda-events.js';

/** For a caller that does not tell, such as a test: as long as any function may run. */
const LONGEST_RUN = 900_000;

/** Milliseconds until Lambda ends the function. */
export const remainingTime = (context: LambdaContext | undefined): number =>
  context?.getRemainingTimeInMillis() ?? LONGEST_RUN;
