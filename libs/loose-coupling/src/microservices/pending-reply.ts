import type { WritePacket } from '@nestjs/microservices';
import type { Clock, Timer } from '../kernel/index.js';
import { RemoteError, RequestTimeoutError } from '../messaging/index.js';
import type { RpcReply } from './rpc-reply.js';

export interface SentRequest {
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  /** Milliseconds to wait for each reply. */
  readonly timeout: number;
}

/** One request that waits for its replies, and passes them on in the order they were given. */
export class PendingReply {
  private readonly early = new Map<number, RpcReply>();
  private nextIndex = 0;
  private timer: Timer | undefined;
  private isOver = false;

  constructor(
    private readonly request: SentRequest,
    private readonly callback: (packet: WritePacket) => void,
    private readonly onEnd: () => void,
    private readonly clock: Clock,
  ) {
    this.wait();
  }

  get over(): boolean {
    return this.isOver;
  }

  receive(reply: RpcReply): void {
    const { index = 0 } = reply;
    // A queue may hand a reply out twice.
    if (index >= this.nextIndex) this.early.set(index, reply);
    for (let next = this.early.get(this.nextIndex); next && !this.isOver; next = this.early.get(this.nextIndex)) {
      this.early.delete(this.nextIndex);
      this.nextIndex += 1;
      this.pass(next);
    }
  }

  fail(err: unknown): void {
    if (this.isOver) return;
    this.drop();
    this.callback({ err, isDisposed: true });
  }

  /** Nobody waits any more. */
  drop(): void {
    this.isOver = true;
    this.timer?.cancel();
    this.early.clear();
    this.onEnd();
  }

  private pass(reply: RpcReply): void {
    if (!reply.ok) {
      const { error } = reply;
      return this.fail('payload' in error ? error.payload : new RemoteError(this.request.type, error));
    }
    if (reply.more) {
      this.wait();
      this.callback({ response: reply.value });
      return;
    }
    this.drop();
    this.callback({ response: reply.value, isDisposed: true });
  }

  private wait(): void {
    const { type, queue, timeout } = this.request;
    this.timer?.cancel();
    this.timer = this.clock.setTimer(() => this.fail(new RequestTimeoutError(type, queue, timeout)), timeout);
  }
}
