import type { Clock, Timer } from '../../kernel/index.js';

/** Something with a deadline. The fields belong to the queue while it is armed. */
export abstract class DeadlineNode {
  armedIn: { disarm(node: DeadlineNode): void } | undefined = undefined;
  due = 0;
  /** Whether its deadline has passed. */
  hasExpired = false;
  previousDue: DeadlineNode | undefined = undefined;
  nextDue: DeadlineNode | undefined = undefined;
  /** Called once, when the deadline has passed. */
  abstract expire(duration: number): void;
}

/**
 * Deadlines of one duration, and one timer for all of them: what is armed last is due last, so a list is enough.
 * The timer is not moved per call; it fires for the oldest and looks who is next. It does not keep the process alive, and is
 * given up in the turn of the event loop that finds nothing armed.
 */
export class DeadlineQueue {
  private first: DeadlineNode | undefined = undefined;
  private last: DeadlineNode | undefined = undefined;
  private timer: Timer | undefined = undefined;
  private resting = false;

  constructor(
    private readonly clock: Clock,
    /** Milliseconds. */
    readonly duration: number,
  ) {}

  arm(node: DeadlineNode, now: number): void {
    node.due = now + this.duration;
    node.armedIn = this;
    node.previousDue = this.last;
    if (this.last === undefined) this.first = node;
    else this.last.nextDue = node;
    this.last = node;
    if (this.timer === undefined) this.startTimer(this.duration);
  }

  disarm(node: DeadlineNode): void {
    node.armedIn = undefined;
    if (node.previousDue === undefined) this.first = node.nextDue;
    else node.previousDue.nextDue = node.nextDue;
    if (node.nextDue === undefined) this.last = node.previousDue;
    else node.nextDue.previousDue = node.previousDue;
    node.previousDue = node.nextDue = undefined;
    if (this.first === undefined && !this.resting) {
      this.resting = true;
      setImmediate(this.rest);
    }
  }

  // Calls one after the other would start and stop a timer each; a turn later it is known whether there was a next one.
  private readonly rest = (): void => {
    this.resting = false;
    if (this.first !== undefined) return;
    this.timer?.cancel();
    this.timer = undefined;
  };

  private readonly fire = (): void => {
    this.timer = undefined;
    const now = this.clock.monotonic();
    for (let node = this.first; node !== undefined && node.due <= now; node = this.first) {
      this.disarm(node);
      node.hasExpired = true;
      node.expire(this.duration);
    }
    if (this.first !== undefined && this.timer === undefined) this.startTimer(this.first.due - now);
  };

  private startTimer(delay: number): void {
    this.timer = this.clock.setTimer(this.fire, delay, { unref: true });
  }
}
