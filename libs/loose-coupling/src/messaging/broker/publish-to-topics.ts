import { uuidv7 } from '../../kernel/index.js';
import type { EntryResult } from '../core/message-queue.js';
import type { BrokerEngine } from './broker-engine.js';
import type { NewMessage } from './broker-storage.js';
import { accepted, refusedBy } from './entry-results.js';
import type { Publication } from './local-broker.js';
import type { BrokerTopology } from './topology/broker-topology.js';
import { RoutedMessage } from './topology/routed-message.js';
import { snsNotification } from './topology/sns-notification.js';
import type { QueueRecord } from './topology/topology-document.js';

export type Delivery = readonly [queue: QueueRecord, message: NewMessage];

/** Copies one publication to every queue that wants it, or to none when one of them refuses it. In a transaction. */
export function publishOne(
  engine: BrokerEngine,
  topology: BrokerTopology,
  publication: Publication,
): EntryResult<{ messageId: string }> {
  const now = engine.clock.now();
  const messageId = uuidv7(now);
  let deliveries: Delivery[];
  try {
    deliveries = route(engine, topology, publication, messageId);
  } catch (error) {
    return refusedBy(error);
  }
  for (const [queue, message] of deliveries) engine.insert(queue, message);
  return accepted({ messageId });
}

function route(
  engine: BrokerEngine,
  topology: BrokerTopology,
  publication: Publication,
  messageId: string,
): Delivery[] {
  const routed = new RoutedMessage(publication);
  const deliveries: Delivery[] = [];
  for (const subscription of topology.subscriptionsOf(publication.topic)) {
    if (!subscription.matches(routed)) continue;
    const queue = topology.queue(subscription.queue);
    const entry = subscription.raw ? publication : notification(publication, messageId, engine.clock.now());
    deliveries.push([queue, engine.prepare(topology, queue, entry)]);
  }
  return deliveries;
}

const notification = (publication: Publication, messageId: string, now: number): Publication => ({
  ...publication,
  body: snsNotification(publication.topic, publication, messageId, now),
  attributes: {},
});
