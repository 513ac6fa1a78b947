import { type Clock, ClosedError } from '../../kernel/index.js';
import type { QueueEntry, ReceivedMessage, ReceiveOptions } from '../core/message-queue.js';
import { DEAD_LETTER_RETENTION, RETENTION } from './broker-limits.js';
import type { BrokerStorage, NewMessage, StorageReceived } from './broker-storage.js';
import { CommitGroup } from './commit-group.js';
import { prepareMessage } from './prepare-message.js';
import { QueueWaiters } from './queue-waiters.js';
import { isBusy, LOCK_PAUSE, retryWhileBusy } from './retry-while-busy.js';
import { BrokerTopology } from './topology/broker-topology.js';
import type { QueueRecord } from './topology/topology-document.js';

/** What queues, topics and buses of the embedded broker have in common: topology, transactions and waiting. */
export class BrokerEngine {
  private readonly commits: CommitGroup;
  private readonly waiters = new Map<string, QueueWaiters>();
  private readonly woken = new Set<string>();
  private cachedTopology: BrokerTopology | undefined;
  private stopListening: (() => void) | undefined;
  private closed = false;
  private closing: Promise<void> | undefined;
  /** The lock that a receive met last: until then others need not block the process to meet it again. */
  private locked: { readonly error: unknown; readonly until: number } | undefined;

  constructor(
    readonly storage: BrokerStorage,
    readonly clock: Clock,
  ) {
    this.commits = new CommitGroup({
      storage,
      clock,
      committed: () => this.announce(),
      // It may have been read in the middle of what was undone, and its version may come again with another content.
      rolledBack: () => (this.cachedTopology = undefined),
    });
  }

  /** The topology as it is now, also when another process changed it. */
  topology(): BrokerTopology {
    const version = this.storage.topologyVersion();
    if (this.cachedTopology?.version !== version) {
      this.cachedTopology = new BrokerTopology(version, this.storage.loadTopology());
    }
    return this.cachedTopology;
  }

  /** Runs `work` in a transaction, perhaps together with others. It may run twice when that transaction fails. */
  async write<Result>(work: (topology: BrokerTopology) => Result): Promise<Result> {
    this.assertOpen();
    return this.commits.run(() => work(this.topology()));
  }

  async read<Result>(work: (topology: BrokerTopology) => Result): Promise<Result> {
    this.assertOpen();
    return retryWhileBusy(this.clock, () => work(this.topology()));
  }

  /** @throws {InvalidMessageError | MessageTooLargeError} */
  prepare(topology: BrokerTopology, queue: QueueRecord, entry: QueueEntry): NewMessage {
    const retention = topology.isDeadLetterQueue(queue) ? DEAD_LETTER_RETENTION : RETENTION;
    return prepareMessage(queue, entry, { now: this.clock.now(), retention });
  }

  /** To be called in a transaction. */
  insert(queue: QueueRecord, message: NewMessage): string {
    this.wake(queue);
    return this.storage.insert(queue, message);
  }

  /** Has waiting receives look again, once the transaction is over. */
  wake(queue: { readonly name: string }): void {
    this.woken.add(queue.name);
  }

  async receive(name: string, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    this.assertOpen();
    if (options.signal?.aborted) return [];
    const waiters = this.waitersOf(name);
    let messages: ReceivedMessage[] = [];
    try {
      if (waiters.size === 0) messages = this.receiveNow(name, options);
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (options.wait <= 0) return retryWhileBusy(this.clock, () => this.receiveNow(name, options));
    }
    if (messages.length > 0 || options.wait <= 0) return messages;
    this.stopListening ??= this.storage.listen(() => this.serveAll());
    return waiters.wait(options);
  }

  async close(): Promise<void> {
    this.closed = true;
    await (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    for (const waiters of this.waiters.values()) waiters.close();
    this.stopListening?.();
    await this.commits.settled();
    this.storage.close();
  }

  private receiveNow(name: string, { max, visibilityTimeout }: ReceiveOptions): ReceivedMessage[] {
    // Looking first is cheap, also for a file: most wake-ups of many receivers find nothing.
    const due = this.storage.nextDue(this.topology().queue(name));
    if (due === undefined || due > this.clock.now()) return [];
    let received: StorageReceived;
    do received = this.unlessLocked(() => this.takeMessages(name, max, visibilityTimeout));
    while (received.messages.length === 0 && received.moved > 0);
    this.announce();
    return received.messages;
  }

  private unlessLocked(take: () => StorageReceived): StorageReceived {
    if (this.locked && this.clock.monotonic() < this.locked.until) throw this.locked.error;
    try {
      return this.storage.transaction(take);
    } catch (error) {
      if (isBusy(error)) this.locked = { error, until: this.clock.monotonic() + LOCK_PAUSE };
      throw error;
    }
  }

  private takeMessages(name: string, max: number, visibilityTimeout: number | undefined): StorageReceived {
    const topology = this.topology();
    const queue = topology.queue(name);
    const deadLetterQueue = topology.deadLetterQueueOf(queue);
    const now = this.clock.now();
    const received = this.storage.receive({
      queue,
      max,
      now,
      visibleAt: now + Math.ceil(visibilityTimeout ?? queue.visibilityTimeout),
      ...(deadLetterQueue && { deadLetter: { queue: deadLetterQueue, expiresAt: now + DEAD_LETTER_RETENTION } }),
    });
    if (received.moved > 0 && deadLetterQueue) this.wake(deadLetterQueue);
    return received;
  }

  private announce(): void {
    if (this.woken.size === 0) return;
    const names = [...this.woken];
    this.woken.clear();
    this.ring();
    for (const name of names) this.serve(name);
  }

  private ring(): void {
    try {
      this.storage.ring();
    } catch {
      // Too many open files, or a full disk: what was committed stands, and others find it by their safety poll.
    }
  }

  private serve(name: string): void {
    const waiters = this.waiters.get(name);
    if (waiters && waiters.size > 0) waiters.serve();
  }

  private serveAll(): void {
    let waiting = false;
    for (const waiters of this.waiters.values()) {
      if (waiters.size === 0) continue;
      waiting = true;
      waiters.serve();
    }
    if (waiting) return;
    this.stopListening?.();
    this.stopListening = undefined;
  }

  private waitersOf(name: string): QueueWaiters {
    let waiters = this.waiters.get(name);
    if (!waiters) {
      waiters = new QueueWaiters({
        clock: this.clock,
        receive: (options) => this.receiveNow(name, options),
        nextDue: () => this.storage.nextDue(this.topology().queue(name)),
      });
      this.waiters.set(name, waiters);
    }
    return waiters;
  }

  private assertOpen(): void {
    if (this.closed) throw new ClosedError('The local broker');
  }
}
