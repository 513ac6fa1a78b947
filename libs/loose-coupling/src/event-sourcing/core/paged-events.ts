import type { EventEnvelope } from './event-store.js';
import type { EventPage, EventPages } from './stream-pages.js';

type Result = IteratorResult<EventEnvelope, undefined>;

const NOTHING: EventPage = [];
const END: Result = { done: true, value: undefined };

/**
 * Hands out the events of pages one by one, as an async generator would: started by the first `next`, calls answered
 * in their order. By hand, as a generator costs several promises for each event, and this one, and one read a page.
 */
export class PagedEvents implements AsyncIterableIterator<EventEnvelope, undefined> {
  private page: EventPage = NOTHING;
  private index = 0;
  private pages: Iterator<EventPage> | AsyncIterator<EventPage> | undefined;
  private ended = false;
  /** Calls that are not answered yet, and the last of them. */
  private waiting = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param open finds the pages; what it throws is thrown by the first `next` */
  constructor(private readonly open: () => EventPages) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const { page, index } = this;
    if (this.waiting === 0 && index < page.length) {
      this.index = index + 1;
      return Promise.resolve({ done: false, value: page[index] as EventEnvelope });
    }
    return this.inTurn(() => this.take());
  }

  /** Reads no further; what `for await` calls when it is left early. */
  return(): Promise<Result> {
    return this.inTurn(async () => {
      if (this.ended) return END;
      this.end();
      await this.pages?.return?.();
      return END;
    });
  }

  private inTurn(work: () => Promise<Result>): Promise<Result> {
    this.waiting += 1;
    const result = this.after(this.turn, work);
    this.turn = result.then(undefined, () => undefined);
    return result;
  }

  private async after(before: Promise<unknown>, work: () => Promise<Result>): Promise<Result> {
    await before;
    try {
      return await work();
    } finally {
      // Before whoever waits for the answer goes on, so that its next call finds the page at once.
      this.waiting -= 1;
    }
  }

  private async take(): Promise<Result> {
    try {
      while (this.index >= this.page.length) {
        if (this.ended) return END;
        const { done, value } = await this.nextPage();
        if (done) {
          this.end();
          return END;
        }
        this.page = value;
        this.index = 0;
      }
    } catch (error) {
      this.end();
      throw error;
    }
    return { done: false, value: this.page[this.index++] as EventEnvelope };
  }

  private nextPage(): IteratorResult<EventPage> | Promise<IteratorResult<EventPage>> {
    this.pages ??= iteratorOf(this.open());
    return this.pages.next();
  }

  private end(): void {
    this.ended = true;
    this.page = NOTHING;
    this.index = 0;
  }
}

const iteratorOf = (pages: EventPages): Iterator<EventPage> | AsyncIterator<EventPage> =>
  Symbol.iterator in pages ? pages[Symbol.iterator]() : pages[Symbol.asyncIterator]();
