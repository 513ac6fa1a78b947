import { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../../kernel/index.js';
import type { LaneTurn } from '../core/lane-turn.js';
import type { MessageContext } from '../dispatch/message-context.js';
import type { HandlerInvoker } from '../dispatch/message-handler.js';
import { HeldBackError } from '../errors/held-back.error.js';
import type { BatchContext } from './batch-options.js';
import { failuresOf } from './failures-of.js';
import { whenAllAborted } from './when-all-aborted.js';

export interface BatchSettings {
  readonly size: number;
  /** Milliseconds. */
  readonly maxWait: number;
  /** Batches handled at the same time. */
  readonly concurrency: number;
}

interface Item {
  readonly data: unknown;
  readonly context: MessageContext;
  readonly turn: LaneTurn | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

// A batch belongs to none of its messages: it inherits the context of whoever made the handlers.
const rootContext = new AsyncResource('BatchCollector');

/**
 * Stands where the handler of a message stands, and gives it many at once. Each message stays with the consumer, which keeps it hidden and
 * acknowledges it, until its batch has ended.
 */
export class BatchCollector {
  private open: Item[] = [];
  private timer: Timer | undefined;
  /** The open one has waited for as long as it may, and takes more while none can begin. */
  private isDue = false;
  /** Batches that wait for one to end, in their order. */
  private readonly ready: (readonly Item[])[] = [];
  private begun = 0;
  /** Groups of which something runs or is ready, with those that wait for its end, in their order. */
  private readonly running = new Map<string, (() => void)[]>();
  private hurried = false;

  constructor(
    private readonly handle: HandlerInvoker,
    private readonly settings: BatchSettings,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the message was handled; rejects with why it was not. */
  readonly add: HandlerInvoker = (data, context, turn) => {
    const added = this.place(data, context, turn);
    turn?.begun();
    return added;
  };

  /** From now on nothing waits for more. */
  hurry(): void {
    this.hurried = true;
    if (this.open.length > 0) this.flush();
  }

  private place(data: unknown, context: MessageContext, turn: LaneTurn | undefined): Promise<unknown> {
    const { groupId } = context;
    if (turn?.failed) return Promise.reject(new HeldBackError(groupId));
    const waiting = groupId === undefined ? undefined : this.running.get(groupId);
    if (!waiting) return this.join(data, context, turn);
    return new Promise((resolve) => waiting.push(() => resolve(this.place(data, context, turn))));
  }

  private join(data: unknown, context: MessageContext, turn: LaneTurn | undefined): Promise<unknown> {
    const { groupId, attempt } = context;
    const isAgain = attempt > 1;
    if (isAgain && groupId !== undefined && this.open.some((item) => item.context.groupId === groupId)) {
      // What stands before it of its group is to end before.
      this.flush();
      return this.place(data, context, turn);
    }
    return new Promise<void>((resolve, reject) => {
      const item = { data, context, turn, resolve, reject };
      // Alone, so that one that always fails cannot take others with it.
      if (isAgain) return this.run([item]);
      this.open.push(item);
      if (this.open.length >= this.settings.size) return this.flush();
      if (!this.isDue) this.timer ??= this.clock.setTimer(() => this.due(), this.hurried ? 0 : this.settings.maxWait);
    });
  }

  private due(): void {
    this.timer = undefined;
    this.isDue = true;
    if (this.begun < this.settings.concurrency) this.flush();
  }

  private flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.isDue = false;
    const items = this.open;
    this.open = [];
    this.run(items);
  }

  private run(items: readonly Item[]): void {
    const groups = new Set(items.flatMap(({ context }) => context.groupId ?? []));
    for (const groupId of groups) this.running.set(groupId, []);
    if (this.begun < this.settings.concurrency) this.begin(items);
    else this.ready.push(items);
  }

  private begin(items: readonly Item[]): void {
    this.begun += 1;
    void this.end(items).then(() => {
      this.begun -= 1;
      const next = this.ready.shift();
      if (next) this.begin(next);
      else if (this.isDue) this.flush();
    });
  }

  private async end(items: readonly Item[]): Promise<void> {
    const ours = stillOurs(items);
    if (ours.length > 0) this.settle(ours, await rootContext.runInAsyncScope(() => this.handleAll(ours)));
    for (const groupId of new Set(items.flatMap(({ context }) => context.groupId ?? []))) this.goOn(groupId);
  }

  /** All in one go: whoever comes later stands behind them. */
  private goOn(groupId: string): void {
    const waiting = this.running.get(groupId) ?? [];
    this.running.delete(groupId);
    for (const place of waiting) place();
  }

  private settle(items: readonly Item[], failures: ReadonlyMap<string, unknown>): void {
    const failed = new Set<string>();
    for (const { context, turn, resolve, reject } of items) {
      const { id, groupId } = context;
      if (groupId !== undefined && failed.has(groupId)) reject(new HeldBackError(groupId));
      else if (!failures.has(id)) resolve();
      else {
        // Known to those behind it before anything else happens.
        if (turn) turn.failed = true;
        if (groupId !== undefined) failed.add(groupId);
        reject(failures.get(id));
      }
    }
  }

  /** Errors by message id. Never rejects. */
  private async handleAll(items: readonly Item[]): Promise<ReadonlyMap<string, unknown>> {
    const messages = items.map(({ context }) => context);
    const { queue, handler } = messages[0] as MessageContext;
    const signals = messages.map(({ signal }) => signal);
    const { signal, stop } = whenAllAborted(signals);
    const context: BatchContext = { queue, handler, messages, signal };
    const ids = messages.map(({ id }) => id);
    try {
      const data = items.map((item) => item.data);
      return failuresOf(ids, await this.handle(data, context as unknown as MessageContext));
    } catch (error) {
      return failuresOf(ids, undefined, error);
    } finally {
      stop();
    }
  }
}

/** Without those that were lost, or are to end, before their batch began, and what stands behind one of these. */
function stillOurs(items: readonly Item[]): readonly Item[] {
  const gone = new Set<string>();
  return items.filter(({ context, turn, reject }) => {
    const { groupId, signal } = context;
    if (!signal.aborted && (groupId === undefined || !gone.has(groupId))) return true;
    if (turn) turn.failed = true;
    if (groupId !== undefined) gone.add(groupId);
    reject(new HeldBackError(signal.aborted ? undefined : groupId));
    return false;
  });
}
