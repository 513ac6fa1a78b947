import type { LocalBroker, LocalBusEntry } from '../broker/local-broker.js';
import type { EntryResult } from '../core/message-queue.js';
import { EventBridgeAdapter, type EventBridgeEntry, type EventBridgePut } from './event-bridge.adapter.js';
import { localName } from './local-sqs.adapter.js';

const DEFAULT_BUS = 'default';

/** Puts events on buses of the embedded broker, which are made when an event is first put on them. */
export class LocalEventBridgeAdapter extends EventBridgeAdapter {
  private readonly made = new Set<string>();

  constructor(
    private readonly broker: LocalBroker,
    private readonly service: string,
  ) {
    super();
  }

  override async putEvents(entries: readonly EventBridgeEntry[]): Promise<EntryResult<EventBridgePut>[]> {
    const results: EntryResult<EventBridgePut>[] = [];
    const buses = new Map<string, number[]>();
    entries.forEach(({ eventBus = DEFAULT_BUS }, index) => {
      const bus = localName(eventBus);
      buses.set(bus, [...(buses.get(bus) ?? []), index]);
    });
    for (const [bus, indexes] of buses) {
      if (!this.made.has(bus)) await this.broker.createBus(bus);
      this.made.add(bus);
      const put = await this.broker.putEvents(
        bus,
        indexes.map((index) => this.prepare(entries[index] as EventBridgeEntry)),
      );
      put.forEach((result, at) => (results[indexes[at] as number] = result));
    }
    return results;
  }

  override on(): EventBridgeAdapter {
    return this;
  }

  private prepare({ source = this.service, detailType, detail, time, resources }: EventBridgeEntry): LocalBusEntry {
    return { source, detailType, detail, ...(time !== undefined && { time }), ...(resources && { resources }) };
  }
}
