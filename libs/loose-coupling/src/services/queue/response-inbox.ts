import { uuidv7, type Clock, type Timer } from '../../kernel/index.js';
import {
  FAILED_SUBJECT,
  RemoteError,
  RequestTimeoutError,
  type MessageBus,
  type MessageContext,
} from '../../messaging/index.js';

/** A request whose answer is to come through a topic. */
export interface AwaitedResponse {
  readonly id: string;
  /** Name of the message. */
  readonly type: string;
  readonly queue: string;
  readonly correlationId: string;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
}

interface Waiting {
  readonly correlationId: string;
  settle(data: unknown, failed: boolean): void;
}

/** What a service publishes as its answers, subscribed to with the first request. All instances get all answers; each takes its own. */
export class ResponseInbox {
  private readonly waiting = new Map<string, Waiting>();
  private opening: Promise<unknown> | undefined;

  constructor(
    private readonly topic: string,
    private readonly bus: () => MessageBus,
    private readonly clock: Clock,
  ) {}

  newId(): string {
    return uuidv7(this.clock.now());
  }

  /** Resolves when no answer can be missed any more. */
  open(): Promise<unknown> {
    if (!this.opening) {
      // Who waits is in memory, so nothing is to be remembered or tried again.
      const options = { inbox: false, concurrency: 100, retry: { maxAttempts: 1 } };
      this.opening = this.bus().subscribe(this.topic, (data, context) => this.receive(data, context), options);
      this.opening.catch(() => (this.opening = undefined));
    }
    return this.opening;
  }

  /**
   * Resolves with what the answer says. To be called before the request is sent; what it gives is to be called when that fails.
   * @throws {RequestTimeoutError} @throws {RemoteError} in `answer`
   */
  wait({ id, type, queue, correlationId, signal, timeout }: AwaitedResponse): {
    readonly answer: Promise<unknown>;
    readonly abandon: (error: unknown) => void;
  } {
    let abandon: (error: unknown) => void = () => undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const end = () => {
        this.waiting.delete(id);
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
      };
      abandon = (error) => {
        end();
        reject(error as Error);
      };
      const onAbort = () => abandon(signal.reason);
      const timer: Timer = this.clock.setTimer(() => abandon(new RequestTimeoutError(type, queue, timeout)), timeout);
      signal.addEventListener('abort', onAbort, { once: true });
      const settle = (data: unknown, failed: boolean) => {
        end();
        if (failed) reject(new RemoteError(type, failureOf(data)));
        else resolve(data);
      };
      this.waiting.set(id, { correlationId, settle });
      if (signal.aborted) onAbort();
    });
    return { answer, abandon };
  }

  private receive(data: unknown, { causationId, correlationId, envelope }: MessageContext): void {
    // One that says what it answers is for no other, though their correlation be the same: all instances hear all answers, also late ones.
    const waiting = causationId === undefined ? this.onlyOneOf(correlationId) : this.waiting.get(causationId);
    waiting?.settle(data, envelope.subject === FAILED_SUBJECT);
  }

  /** A service that does not use this library may hand nothing on but the correlation id, which several requests can share. */
  private onlyOneOf(correlationId: string): Waiting | undefined {
    const found = Array.from(this.waiting.values()).filter((each) => each.correlationId === correlationId);
    return found.length === 1 ? found[0] : undefined;
  }
}

/** It came over the network. */
function failureOf(data: unknown): { errorType: string; message: string; errorCode?: string } {
  const { errorType, message, errorCode } = (typeof data === 'object' && data !== null ? data : {}) as Record<
    string,
    unknown
  >;
  return {
    errorType: typeof errorType === 'string' ? errorType : 'Error',
    message: typeof message === 'string' ? message : 'it did not say why',
    ...(typeof errorCode === 'string' && { errorCode }),
  };
}
