export { Clock, SystemClock, type Timer } from './clock.js';
export { closeAtOnce, closeInTurn, throwFailures } from './close-all.js';
export { sleep } from './sleep.js';
export { uuidv7 } from './ids.js';
export { backoffDelay, withJitter, type BackoffOptions } from './backoff.js';
export {
  currentCorrelation,
  currentTrace,
  traceparentOfWork,
  withCorrelation,
  type Correlation,
  withoutCorrelation,
} from './correlation.js';
export { installTraceBridge, traceBridge, type TraceBridge, type TraceContext } from './trace-bridge.js';
export { FaultList } from './fault-list.js';
export { parseUntrustedJson, utf8Length, type JsonValue } from './json.js';
export { LooseCouplingError, isLooseCouplingError } from './errors/loose-coupling.error.js';
export { InvalidOptionsError } from './errors/invalid-options.error.js';
export { ClosedError } from './errors/closed.error.js';
export { MissingPackageError } from './errors/missing-package.error.js';
export { fromXRayHeader, isTraceparent, isTracestate, toXRayHeader } from './trace-context.js';
