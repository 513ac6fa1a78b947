import { withoutCorrelation } from '../../kernel/index.js';
import { outsideHandlerRun } from './handler-run.js';

/** Starts work of the service itself: of no message, request or tenant, whichever happens to start it. */
export const inBackground = <Result>(work: () => Result): Result => outsideHandlerRun(() => withoutCorrelation(work));
