import { AsyncResource } from 'node:async_hooks';
import type { PipelineEnvironment } from './policy-set.port.js';
import { ShutdownListener } from './shutdown-listener.js';

/** The signal of one attempt, made when the work asks for it. */
export class AttemptSignal extends ShutdownListener {
  private readonly controller = new AbortController();
  // Listeners are the work's: they must not run in the context of whoever else's timer or abort ends it.
  private readonly resource = new AsyncResource('AttemptSignal');

  constructor(private readonly shutdown: PipelineEnvironment['shutdown']) {
    super();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** A shutdown aborts it too, until `unwatchShutdown`. */
  watchShutdown(): void {
    if (this.shutdown.reason !== undefined) this.abort(this.shutdown.reason);
    else this.shutdown.add(this);
  }

  unwatchShutdown(): void {
    this.shutdown.delete(this);
  }

  abort(reason: unknown): void {
    this.resource.runInAsyncScope(this.controller.abort, this.controller, reason);
  }

  onShutdown(reason: Error): void {
    this.abort(reason);
  }
}
