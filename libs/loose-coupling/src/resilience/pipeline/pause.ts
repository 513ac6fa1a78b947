import type { Timer } from '../../kernel/index.js';
import type { Cancellable, CancelSource } from './cancellable.js';
import type { PipelineEnvironment } from './policy-set.port.js';
import { ShutdownListener } from './shutdown-listener.js';

/** A wait that its owner and a shutdown end at once. Keeps the process alive: it could otherwise end between two attempts. */
class Pause extends ShutdownListener implements Cancellable {
  private timer: Timer | undefined;

  constructor(
    private readonly environment: PipelineEnvironment,
    private readonly owner: CancelSource | undefined,
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    super();
  }

  start(delay: number): void {
    const { clock, shutdown } = this.environment;
    if (this.owner?.cancelled) this.reject(this.owner.reason);
    else if (shutdown.reason !== undefined) this.reject(shutdown.reason);
    else if (delay <= 0) this.resolve();
    else {
      this.timer = clock.setTimer(() => {
        this.end();
        this.resolve();
      }, delay);
      this.owner?.adopt(this);
      shutdown.add(this);
    }
  }

  cancel(reason: unknown): void {
    this.end();
    this.reject(reason);
  }

  onShutdown(reason: Error): void {
    this.cancel(reason);
  }

  private end(): void {
    this.timer?.cancel();
    this.owner?.disown(this);
    this.environment.shutdown.delete(this);
  }
}

/** Waits `delay` milliseconds; rejects with the reason when `owner` is cancelled or the application shuts down. */
export function pause(environment: PipelineEnvironment, owner: CancelSource | undefined, delay: number): Promise<void> {
  return new Promise((resolve, reject) => new Pause(environment, owner, resolve, reject).start(delay));
}
