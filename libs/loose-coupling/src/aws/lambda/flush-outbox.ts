import { sleep } from '../../kernel/index.js';
import type { StartedApplication } from './lambda-application.js';

const LOOK_AGAIN = 20;
const LONGEST = 5_000;

/** Lambda stops the process between invocations: what handlers have committed is to leave before. Later it would leave with the next one. */
export async function flushOutbox({ outbox, clock }: StartedApplication, time: number): Promise<void> {
  const end = clock.monotonic() + Math.min(LONGEST, time);
  while (clock.monotonic() < end && (await outbox.pending()) > 0) await sleep(clock, LOOK_AGAIN);
}
