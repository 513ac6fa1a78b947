import { LocalEventBridgeAdapter } from '../adapters/local-event-bridge.adapter.js';
import { LocalSnsAdapter } from '../adapters/local-sns.adapter.js';
import { LocalSqsAdapter } from '../adapters/local-sqs.adapter.js';
import type { TransportAdapters } from '../adapters/transport-adapters.js';
import type { EntryResult, MessageQueue } from '../core/message-queue.js';
import { MessageTransport, type OutgoingEvent, type Topology } from '../core/message-transport.js';
import { encodeEnvelope } from '../envelope/encode-envelope.js';
import { fifoOrderOf } from '../envelope/fifo-order.js';
import { MAX_MESSAGE_BYTES } from './broker-limits.js';
import { accepted, refusedBy } from './entry-results.js';
import type { LocalBroker, Publication } from './local-broker.js';

/** Moves messages through the embedded broker, which it owns: closing one closes the other. */
export class LocalTransport extends MessageTransport {
  override readonly maxMessageBytes = MAX_MESSAGE_BYTES;
  private readonly knownTopics = new Set<string>();

  constructor(private readonly broker: LocalBroker) {
    super();
  }

  override async provision({ queues, topics, subscriptions, buses = [] }: Topology): Promise<void> {
    // Dead-letter queues first: from then on, no message can be received too often and have no place to go.
    const targets = new Set(queues.map((queue) => queue.deadLetterQueue));
    const ordered = [
      ...queues.filter(({ name }) => targets.has(name)),
      ...queues.filter(({ name }) => !targets.has(name)),
    ];
    // A sender that makes the queue of a receiver it does not know must not lower that one's limits.
    for (const queue of ordered) await this.broker.createQueue(queue, { widenOnly: true });
    await this.createTopics(topics.map(({ name }) => name));
    for (const bus of buses) await this.broker.createBus(bus);
    for (const { topic, queue, filter } of subscriptions) {
      await this.broker.subscribe({ topic, queue, raw: true, ...(filter && { dataFilter: filter }) });
    }
  }

  override async publish(events: readonly OutgoingEvent[]): Promise<EntryResult[]> {
    await this.createTopics(events.map(({ topic }) => topic));
    const encoded = events.map(encode);
    const publications = encoded.flatMap((each) => ('ok' in each ? [] : [each]));
    const published = (await this.broker.publish(publications)).values();
    return encoded.map((each) => {
      const result = 'ok' in each ? each : (published.next().value as EntryResult<unknown>);
      return result.ok ? accepted(undefined) : result;
    });
  }

  override queue(name: string): MessageQueue {
    return this.broker.queue(name);
  }

  override deleteQueue(name: string): Promise<void> {
    return this.broker.deleteQueue(name);
  }

  override adapters(service: string): TransportAdapters {
    return {
      sqs: new LocalSqsAdapter(this.broker, this),
      sns: new LocalSnsAdapter(this.broker),
      eventBridge: new LocalEventBridgeAdapter(this.broker, service),
    };
  }

  override listQueues(): Promise<string[]> {
    return this.broker.listQueues();
  }

  override close(): Promise<void> {
    return this.broker.close();
  }

  private async createTopics(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.knownTopics.has(name)) continue;
      await this.broker.createTopic(name);
      this.knownTopics.add(name);
    }
  }
}

function encode({ topic, envelope, delay }: OutgoingEvent): Publication | EntryResult<never> {
  try {
    return {
      topic,
      body: encodeEnvelope(envelope),
      ...fifoOrderOf(envelope),
      ...(delay !== undefined && { delay }),
    };
  } catch (error) {
    return refusedBy(error);
  }
}
