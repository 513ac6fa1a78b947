import { FaultList } from '../../kernel/index.js';
import type { ReceiveOptions } from '../core/message-queue.js';
import { MAX_VISIBILITY } from './broker-limits.js';

/** @throws {InvalidOptionsError} */
export function checkReceiveOptions(queue: string, { max, wait, visibilityTimeout }: ReceiveOptions): void {
  if (
    Number.isSafeInteger(max) &&
    max > 0 &&
    wait >= 0 &&
    (visibilityTimeout === undefined || (visibilityTimeout >= 0 && visibilityTimeout <= MAX_VISIBILITY))
  ) {
    return;
  }
  const faults = new FaultList(`Receive from queue "${queue}"`);
  faults.positiveInteger('max', max ?? null);
  faults.duration('wait', wait ?? null);
  faults.duration('visibilityTimeout', visibilityTimeout);
  if ((visibilityTimeout ?? 0) > MAX_VISIBILITY) {
    faults.add('visibilityTimeout', `at most ${MAX_VISIBILITY} ms (12 hours)`, visibilityTimeout);
  }
  faults.throwIfAny();
}
