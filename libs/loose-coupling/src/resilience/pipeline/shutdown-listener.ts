/** What a shutdown ends. The fields belong to the `ShutdownSignal` while it listens there. */
export abstract class ShutdownListener {
  listening = false;
  previousListener: ShutdownListener | undefined = undefined;
  nextListener: ShutdownListener | undefined = undefined;
  /** Called once, and then it listens no more. */
  abstract onShutdown(reason: Error): void;
}
