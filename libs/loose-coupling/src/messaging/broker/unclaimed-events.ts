import type { BrokerEngine } from './broker-engine.js';
import type { Publication } from './local-broker.js';
import { publishOne } from './publish-to-topics.js';
import { parseReceipt } from './receipt.js';
import * as changes from './topology/topology-changes.js';
import type { QueueRecord } from './topology/topology-document.js';

/** Where they are kept, among the other queues. */
export const UNCLAIMED_EVENTS = 'unclaimed-events';
/** More would fill the disk for a receiver that may never come; beyond, they are dropped, as SNS drops the first. */
const MOST = 10_000;
const PAGE = 100;

interface KeptPublication extends Publication {
  /** Epoch milliseconds. */
  readonly dueAt?: number;
}

/**
 * Events of topics that nobody subscribes to yet. Services that are started one after the other have no common moment
 * at which all queues are there, so an early event waits here for the first subscription of its topic.
 */
export class UnclaimedEvents {
  private counted: { readonly version: number; kept: number } | undefined;

  constructor(private readonly engine: BrokerEngine) {}

  /** To be called in a transaction. */
  keep(publication: Publication): void {
    const { clock, storage } = this.engine;
    const queue = this.queue() ?? this.createQueue();
    // Another process may have claimed some; each claim comes with a change of the topology.
    const { version } = this.engine.topology();
    if (this.counted?.version !== version) {
      this.counted = { version, kept: storage.depth(queue, clock.now()).available };
    }
    if (this.counted.kept >= MOST) return;
    this.counted.kept += 1;
    const { delay, ...rest } = publication;
    const kept: KeptPublication = { ...rest, ...(delay !== undefined && { dueAt: clock.now() + delay }) };
    this.engine.insert(queue, this.engine.prepare(this.engine.topology(), queue, { body: JSON.stringify(kept) }));
  }

  /** Publishes what was kept of a topic, in its order. To be called in the transaction of its first subscription. */
  claim(topic: string): void {
    const queue = this.queue();
    if (!queue) return;
    const others: string[] = [];
    for (let page = this.take(queue); page.length > 0; page = this.take(queue)) {
      for (const { body, receiptHandle } of page) {
        const publication = JSON.parse(body) as KeptPublication;
        if (publication.topic !== topic || !this.publish(publication)) others.push(receiptHandle);
        else this.withReceipt(receiptHandle, (receipt) => this.engine.storage.delete(queue, receipt));
      }
    }
    const now = this.engine.clock.now();
    for (const handle of others) {
      this.withReceipt(handle, (receipt) =>
        this.engine.storage.changeVisibility(queue, receipt, { now, visibleAt: now }),
      );
    }
  }

  private publish({ dueAt, ...publication }: KeptPublication): boolean {
    const delay = dueAt === undefined ? 0 : Math.max(0, dueAt - this.engine.clock.now());
    return publishOne(this.engine, this.engine.topology(), { ...publication, ...(delay > 0 && { delay }) }).ok;
  }

  private take(queue: QueueRecord) {
    const now = this.engine.clock.now();
    return this.engine.storage.receive({ queue, max: PAGE, now, visibleAt: now + 3_600_000 }).messages;
  }

  private withReceipt(handle: string, use: (receipt: NonNullable<ReturnType<typeof parseReceipt>>) => unknown): void {
    const receipt = parseReceipt(handle);
    if (receipt) use(receipt);
  }

  private queue(): QueueRecord | undefined {
    const topology = this.engine.topology();
    return topology.queueNames.includes(UNCLAIMED_EVENTS) ? topology.queue(UNCLAIMED_EVENTS) : undefined;
  }

  private createQueue(): QueueRecord {
    const change = changes.withQueue({ name: UNCLAIMED_EVENTS }, true);
    this.engine.storage.saveTopology(change(this.engine.topology().document));
    return this.engine.topology().queue(UNCLAIMED_EVENTS);
  }
}
