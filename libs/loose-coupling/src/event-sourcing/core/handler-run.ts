import { AsyncLocalStorage } from 'node:async_hooks';
import { DuplicateMessageError } from '../errors/duplicate-message.error.js';
import { SecondCommitError } from '../errors/second-commit.error.js';
import type { InboxMark } from './event-store.js';

type State =
  | { readonly at: 'start' }
  | { readonly at: 'writing'; readonly commitId: string | undefined }
  | { readonly at: 'committed'; readonly commitId: string | undefined }
  | { readonly at: 'end' };

const KEY = Symbol.for('nestjs-loose-coupling:handler-run');
type Holder = { [KEY]?: AsyncLocalStorage<HandlerRun | undefined> };
const storage = ((globalThis as Holder)[KEY] ??= new AsyncLocalStorage<HandlerRun | undefined>());

/**
 * One run of a message handler: its first commit takes the inbox mark along, and there is no second.
 * A commit that fails leaves the run as it was, so that it can be tried again.
 */
export class HandlerRun {
  private state: State = { at: 'start' };
  /** The mark is stored, by the commit of this run. */
  recorded = false;
  /** The commit found that another delivery of the message was faster. */
  duplicate = false;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(readonly mark: InboxMark) {}

  /** Runs the handler; commits made after it has returned are not of this run. */
  async execute<Result>(handler: () => Promise<Result>): Promise<Result> {
    try {
      return await storage.run(this, handler);
    } finally {
      this.state = { at: 'end' };
    }
  }

  get ended(): boolean {
    return this.state.at === 'end';
  }

  /**
   * Writes a commit of this run.
   * @throws {SecondCommitError} unless it repeats the commit that was made, or none was made yet
   */
  write<Outcome extends { readonly repeated: boolean }>(
    commitId: string | undefined,
    write: () => Promise<Outcome>,
  ): Promise<Outcome> {
    this.begin(commitId);
    const outcome = this.follow(commitId, write);
    this.writing = Promise.allSettled([this.writing, outcome]);
    return outcome;
  }

  /** Resolves when no commit is on its way any more: the handler may have ended without waiting for it. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private begin(commitId: string | undefined): void {
    const made = this.state.at === 'writing' || this.state.at === 'committed' ? this.state : undefined;
    if (made && (made.commitId === undefined || made.commitId !== commitId)) throw new SecondCommitError(this.mark);
    this.state = { at: 'writing', commitId };
  }

  private async follow<Outcome extends { readonly repeated: boolean }>(
    commitId: string | undefined,
    write: () => Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      const outcome = await write();
      this.recorded ||= !outcome.repeated;
      this.moveTo({ at: 'committed', commitId });
      return outcome;
    } catch (error) {
      if (error instanceof DuplicateMessageError) this.duplicate = true;
      this.moveTo({ at: 'start' });
      throw error;
    }
  }

  private moveTo(state: State): void {
    if (!this.ended) this.state = state;
  }
}

/** The run that the work in progress belongs to. */
export function currentHandlerRun(): HandlerRun | undefined {
  const run = storage.getStore();
  return run?.ended ? undefined : run;
}

/** For work that goes on after the handler that started it. */
export const outsideHandlerRun = <Result>(work: () => Result): Result => storage.run(undefined, work);
