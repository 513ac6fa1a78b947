import { InvalidOptionsError, uuidv7 } from '../../kernel/index.js';
import type { EntryResult } from '../core/message-queue.js';
import type { BrokerEngine } from './broker-engine.js';
import { accepted, refusedBy } from './entry-results.js';
import type { LocalBusEntry } from './local-broker.js';
import type { Delivery } from './publish-to-topics.js';
import type { BrokerTopology } from './topology/broker-topology.js';
import { eventBridgeEvent } from './topology/eventbridge-event.js';

const MAX_DETAIL_TYPE = 128;

/** Delivers one event to the targets of every rule that matches, or to none when one of them refuses it. In a transaction. */
export function putEvent(
  engine: BrokerEngine,
  topology: BrokerTopology,
  bus: string,
  entry: LocalBusEntry,
): EntryResult<{ eventId: string }> {
  const eventId = uuidv7(engine.clock.now());
  let deliveries: Delivery[];
  try {
    checkEntry(bus, entry);
    deliveries = route(engine, topology, bus, entry, eventId);
  } catch (error) {
    return refusedBy(error);
  }
  for (const [queue, message] of deliveries) engine.insert(queue, message);
  return accepted({ eventId });
}

function route(
  engine: BrokerEngine,
  topology: BrokerTopology,
  bus: string,
  entry: LocalBusEntry,
  id: string,
): Delivery[] {
  const rules = topology.rulesOf(bus);
  if (rules.length === 0) return [];
  const body = encode(bus, entry, id, engine.clock.now());
  // As it will be read: dates have become text.
  const event: unknown = JSON.parse(body);
  return rules
    .filter((rule) => rule.matches(event))
    .flatMap((rule) => rule.targets)
    .map((target) => {
      const queue = topology.queue(target.queue);
      const { groupId } = target;
      return [queue, engine.prepare(topology, queue, { body, ...(groupId !== undefined && { groupId }) })];
    });
}

function encode(bus: string, entry: LocalBusEntry, id: string, now: number): string {
  try {
    return JSON.stringify(eventBridgeEvent(entry, id, now));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidOptionsError(`Event for bus "${bus}"`, [`detail, time: expected what JSON can carry: ${reason}`]);
  }
}

function checkEntry(bus: string, { source, detailType, detail }: LocalBusEntry): void {
  const faults: string[] = [];
  if (typeof source !== 'string' || source === '' || source.startsWith('aws.')) {
    faults.push(`source: expected text that does not start with "aws.", got ${JSON.stringify(source)}`);
  }
  if (typeof detailType !== 'string' || detailType === '' || detailType.length > MAX_DETAIL_TYPE) {
    faults.push(`detailType: expected 1 to ${MAX_DETAIL_TYPE} characters, got ${JSON.stringify(detailType)}`);
  }
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) {
    faults.push('detail: expected an object that JSON can carry');
  }
  if (faults.length > 0) throw new InvalidOptionsError(`Event for bus "${bus}"`, faults);
}
