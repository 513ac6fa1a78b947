import { LooseCouplingError } from '../kernel/index.js';

/** Thrown when a probe did not see the message it waited for. Tells what it saw instead, data included. */
export class ProbeTimeoutError extends LooseCouplingError {
  readonly code = 'LC_PROBE_TIMEOUT';

  constructor(kind: string, type: string, timeout: number, seen: readonly string[]) {
    const list = seen.length > 0 ? `\n${seen.map((line) => `  - ${line}`).join('\n')}` : ' nothing.';
    super(`No "${type}" that fits was ${kind} within ${timeout} ms. Seen so far:${list}`);
  }
}
