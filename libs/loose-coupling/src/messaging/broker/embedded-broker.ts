import type { Clock } from '../../kernel/index.js';
import type { EntryResult, MessageQueue } from '../core/message-queue.js';
import { compilePattern } from '../patterns/compile-pattern.js';
import { BrokerEngine } from './broker-engine.js';
import type { BrokerStorage } from './broker-storage.js';
import { checkQueueSpecification } from './check-queue-specification.js';
import { EmbeddedQueue } from './embedded-queue.js';
import { settleEntries } from './entry-results.js';
import {
  LocalBroker,
  type LocalBusEntry,
  type LocalQueueSpecification,
  type LocalRule,
  type LocalSubscription,
  type Publication,
} from './local-broker.js';
import { publishOne } from './publish-to-topics.js';
import { putEvent } from './put-events.js';
import type { BrokerTopology } from './topology/broker-topology.js';
import { compileSubscription } from './topology/compile-subscription.js';
import * as changes from './topology/topology-changes.js';
import { UnclaimedEvents } from './unclaimed-events.js';

/** The embedded broker on some storage. Opened by `openLocalBroker`. */
export class EmbeddedBroker extends LocalBroker {
  private readonly engine: BrokerEngine;
  private readonly unclaimed: UnclaimedEvents | undefined;

  constructor(storage: BrokerStorage, clock: Clock, { keepUnclaimed = false }: { keepUnclaimed?: boolean } = {}) {
    super();
    this.engine = new BrokerEngine(storage, clock);
    if (keepUnclaimed) this.unclaimed = new UnclaimedEvents(this.engine);
  }

  override async createQueue(
    specification: LocalQueueSpecification,
    { widenOnly = false }: { widenOnly?: boolean } = {},
  ): Promise<void> {
    checkQueueSpecification(specification);
    await this.change(changes.withQueue(specification, widenOnly));
  }

  override async deleteQueue(name: string): Promise<void> {
    await this.engine.write((topology) => {
      if (!topology.queueNames.includes(name)) return;
      this.engine.storage.drop(topology.queue(name));
      this.engine.storage.saveTopology(changes.withoutQueue(name)(topology.document));
      this.engine.wake({ name });
    });
  }

  override listQueues(): Promise<string[]> {
    return this.engine.read((topology) => topology.queueNames.sort());
  }

  override queue(name: string): MessageQueue {
    return new EmbeddedQueue(name, this.engine);
  }

  override purgeQueue(name: string): Promise<void> {
    return this.engine.write((topology) => this.engine.storage.purge(topology.queue(name)));
  }

  override createTopic(name: string): Promise<void> {
    return this.change(changes.withTopic(name));
  }

  override deleteTopic(name: string): Promise<void> {
    return this.change(changes.withoutTopic(name));
  }

  override listTopics(): Promise<string[]> {
    return this.engine.read((topology) => [...topology.document.topics].sort());
  }

  override async subscribe(subscription: LocalSubscription): Promise<void> {
    compileSubscription(subscription);
    await this.engine.write(({ document }) => {
      const changed = changes.withSubscription(subscription)(document);
      if (changed === document) return;
      this.engine.storage.saveTopology(changed);
      const first = !document.subscriptions.some(({ topic }) => topic === subscription.topic);
      if (first) this.unclaimed?.claim(subscription.topic);
    });
  }

  override unsubscribe(subscription: { readonly topic: string; readonly queue: string }): Promise<void> {
    return this.change(changes.withoutSubscription(subscription));
  }

  override publish(publications: readonly Publication[]): Promise<EntryResult<{ messageId: string }>[]> {
    return settleEntries(publications.length, () =>
      this.engine.write((topology) => publications.map((each) => this.publishOne(topology, each))),
    );
  }

  override createBus(name: string): Promise<void> {
    return this.change(changes.withBus(name));
  }

  override async putRule(bus: string, rule: LocalRule): Promise<void> {
    compilePattern(rule.pattern, `rule "${rule.name}" of the bus "${bus}"`);
    await this.change(changes.withRule(bus, rule));
  }

  override deleteRule(bus: string, rule: string): Promise<void> {
    return this.change(changes.withoutRule(bus, rule));
  }

  override putEvents(bus: string, entries: readonly LocalBusEntry[]): Promise<EntryResult<{ eventId: string }>[]> {
    return settleEntries(entries.length, () =>
      this.engine.write((topology) => entries.map((entry) => putEvent(this.engine, topology, bus, entry))),
    );
  }

  override close(): Promise<void> {
    return this.engine.close();
  }

  private publishOne(topology: BrokerTopology, publication: Publication): EntryResult<{ messageId: string }> {
    const result = publishOne(this.engine, topology, publication);
    if (this.unclaimed && result.ok && topology.subscriptionsOf(publication.topic).length === 0) {
      this.unclaimed.keep(publication);
    }
    return result;
  }

  private change(change: changes.TopologyChange): Promise<void> {
    return this.engine.write(({ document }) => {
      const changed = change(document);
      if (changed !== document) this.engine.storage.saveTopology(changed);
    });
  }
}
