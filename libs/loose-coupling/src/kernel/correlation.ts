import { AsyncLocalStorage } from 'node:async_hooks';

/** What ties messages, events and log lines of one piece of work together. */
export interface Correlation {
  /** Shared by everything that one first cause led to. */
  readonly correlationId: string;
  /** Id of the message or command that directly caused this. */
  readonly causationId?: string;
  readonly tenantId?: string;
  /** W3C trace context of the caller. */
  readonly traceparent?: string;
  /** What tracing vendors add to it, passed on as it came. */
  readonly tracestate?: string;
}

const KEY = Symbol.for('nestjs-loose-coupling:correlation');
type Holder = { [KEY]?: AsyncLocalStorage<Correlation> };

// One storage per process, also when the package is loaded twice (CommonJS and ESM).
const storage = ((globalThis as Holder)[KEY] ??= new AsyncLocalStorage<Correlation>());

/** The correlation of the work in progress, if any. */
export const currentCorrelation = (): Correlation | undefined => storage.getStore();

/** Runs `work` so that what it publishes or stores carries `correlation`. */
export const withCorrelation = <T>(correlation: Correlation, work: () => T): T => storage.run(correlation, work);
