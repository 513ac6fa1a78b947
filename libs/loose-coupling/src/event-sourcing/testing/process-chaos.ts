import type { Clock } from '../../kernel/index.js';

/** A clock that moves when told to. */
export interface DrivenClock extends Clock {
  advance(ms: number): Promise<void>;
}

/** How often what befalls a call: shares of all calls. */
export interface ChaosRates {
  readonly refused: number;
  readonly lostReplies: number;
  readonly crashes: number;
  /** The whole process stands still, for longer than its lease. */
  readonly pauses: number;
}

export const NO_CHAOS: ChaosRates = { refused: 0, lostReplies: 0, crashes: 0, pauses: 0 };

const forEver = new Promise<never>(() => undefined);

/** What befalls one process at every call it awaits. */
export class ProcessChaos {
  dead = false;
  private calm = false;
  private pausedUntil = -Infinity;

  constructor(
    private readonly rates: ChaosRates,
    private readonly random: () => number,
    private readonly clock: DrivenClock,
    private readonly pause: number,
  ) {}

  /** Nothing happens any more; what is dead stays so. */
  end(): void {
    this.calm = true;
  }

  async around<Result>(effect: () => Promise<Result> | Result): Promise<Result> {
    await this.at('before');
    const result = await effect();
    await this.at('after');
    return result;
  }

  async at(phase: 'before' | 'after'): Promise<void> {
    // Others may go first.
    for (let turns = Math.floor(this.random() * 3); turns > 0; turns -= 1) await Promise.resolve();
    if (this.dead) return forEver;
    if (this.isOver) return;
    if (this.random() < this.rates.pauses)
      this.pausedUntil = this.clock.monotonic() + Math.floor(this.pause * (1 + this.random()));
    while (this.clock.monotonic() < this.pausedUntil) {
      await new Promise<void>((resolve) => this.clock.setTimer(resolve, this.pausedUntil - this.clock.monotonic()));
    }
    if (this.isOver) return;
    if (this.random() < this.rates.crashes) {
      this.dead = true;
      return forEver;
    }
    if (phase === 'before' && this.random() < this.rates.refused) throw new Error('refused');
    if (phase === 'after' && this.random() < this.rates.lostReplies) throw new Error('reply lost');
  }

  /** Nothing happens any more; it may have become so in a pause. */
  get isOver(): boolean {
    return this.calm;
  }

  /** An object whose methods all meet what befalls the process. */
  wrap<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (inner, key) => {
        const member: unknown = Reflect.get(inner, key, inner);
        if (key === 'documents') return this.wrap(member as object);
        if (key === 'readAll')
          return (...args: unknown[]) =>
            this.stream(() => Reflect.apply(member as () => AsyncIterable<unknown>, inner, args));
        if (typeof member !== 'function' || key === 'readStream' || key === 'fits' || key === 'listen') {
          return typeof member === 'function' ? member.bind(inner) : member;
        }
        return (...args: unknown[]) => this.around(() => Reflect.apply(member, inner, args) as Promise<unknown>);
      },
    });
  }

  private async *stream<Item>(read: () => AsyncIterable<Item>): AsyncGenerator<Item> {
    await this.at('before');
    for await (const item of read()) yield item;
    await this.at('after');
  }
}
