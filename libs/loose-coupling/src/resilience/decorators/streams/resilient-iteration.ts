import { StreamAbandonedError } from '../../errors/stream-abandoned.error.js';
import { IterationSource, itemsOf, type Ask, type ItemResult } from './iteration-source.js';
import { StreamRun, type StreamAttempt, type StreamCall } from './stream-call.js';

interface Waiter {
  resolve(result: ItemResult): void;
  reject(error: unknown): void;
}

type End = { readonly value: unknown } | { readonly error: unknown };

const DONE: ItemResult = { done: true, value: undefined };

/**
 * An iteration whose first `next()` makes the call. It holds what it was permitted until it ends, fails or is left with `return()`; the last
 * counts neither as success nor as failure.
 */
export class ResilientIteration implements AsyncGenerator<unknown, unknown, unknown> {
  private state: 'new' | 'opening' | 'open' | 'over' = 'new';
  private readonly run: StreamRun;
  private source: IterationSource | undefined;
  /** Whether the last attempt came to its end. */
  private completed = false;
  /** Those whose `next()` is not answered yet, as they came. */
  private readonly waiters = new Set<Waiter>();
  /** Those who ask while the first item is on its way: only then it is known whom to ask for the second. */
  private readonly early: (() => void)[] = [];
  /** An error that came while nobody waited. */
  private unseen: { readonly error: unknown } | undefined;

  constructor(private readonly call: StreamCall) {
    this.run = new StreamRun(call);
  }

  [Symbol.asyncIterator](): AsyncGenerator<unknown, unknown, unknown> {
    return this;
  }

  next(...value: [] | [unknown]): Promise<ItemResult> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.state === 'new') this.begin(waiter);
      else this.whenOpen(waiter, () => this.ask(waiter, (items) => items.next(...value)));
    });
  }

  async return(value?: unknown): Promise<ItemResult> {
    const { source, state } = this;
    this.end({ value: undefined });
    if (state === 'new' || state === 'over') return { done: true, value };
    const closed = source?.close(new StreamAbandonedError(this.call.name), value);
    this.run.abandon();
    return (await closed) ?? { done: true, value };
  }

  throw(error: unknown): Promise<ItemResult> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.state === 'new') this.end({ value: undefined });
      if (this.state === 'over') reject(error);
      else
        this.whenOpen(waiter, () => {
          if (this.source?.canThrow) this.ask(waiter, (items) => items.throw?.(error));
          else this.return().then(() => reject(error), reject);
        });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private begin(first: Waiter): void {
    this.state = 'opening';
    this.waiters.add(first);
    this.run
      .start((attempt) => this.openAttempt(attempt, first))
      .then(
        (answer) => (this.completed ? this.end({ value: answer }) : this.standIn(answer, first)),
        (error: unknown) => this.end({ error }),
      );
  }

  /** Resolves when the iteration of the attempt has ended. */
  private openAttempt(attempt: StreamAttempt, first: Waiter): Promise<unknown> {
    this.completed = false;
    const items = (this.call.open() as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    return new Promise((resolve, reject) => {
      const ended = (value: unknown): void => {
        this.completed = true;
        resolve(value);
      };
      const source = new IterationSource(items, ended, reject);
      this.source = source;
      attempt.signal.addEventListener('abort', () => void source.close(attempt.signal.reason), { once: true });
      source.ask(
        (items) => items.next(),
        (item) => {
          attempt.answerBegan();
          this.opened();
          this.answer(first, item);
        },
      );
    });
  }

  /** The policies answered without a stream of the method. */
  private standIn(answer: unknown, first: Waiter): void {
    if (this.state === 'over') return;
    this.source = new IterationSource(
      itemsOf(answer),
      (value) => this.end({ value }),
      (error) => this.end({ error }),
    );
    this.opened();
    this.ask(first, (items) => items.next());
  }

  private whenOpen(waiter: Waiter, ask: () => void): void {
    if (this.state === 'opening') this.early.push(() => this.whenOpen(waiter, ask));
    else if (this.state === 'open') ask();
    else this.answerAfterEnd(waiter);
  }

  private opened(): void {
    this.state = 'open';
    for (const ask of this.early.splice(0)) ask();
  }

  private ask(waiter: Waiter, ask: Ask): void {
    this.waiters.add(waiter);
    this.source?.ask(ask, (item) => this.answer(waiter, item));
  }

  private answer(waiter: Waiter, item: ItemResult): void {
    this.waiters.delete(waiter);
    waiter.resolve(item);
  }

  /** The first who waits, or asks, learns how it ended; the others that it has. */
  private end(end: End): void {
    if (this.state === 'over') return;
    this.state = 'over';
    const [first, ...others] = this.waiters;
    this.waiters.clear();
    if ('error' in end) {
      if (first) first.reject(end.error);
      else this.unseen = end;
    } else first?.resolve({ done: true, value: end.value });
    for (const waiter of others) waiter.resolve(DONE);
    for (const ask of this.early.splice(0)) ask();
  }

  private answerAfterEnd(waiter: Waiter): void {
    const { unseen } = this;
    this.unseen = undefined;
    if (unseen) waiter.reject(unseen.error);
    else waiter.resolve({ ...DONE });
  }
}
