import {
  type EntryResult,
  EventBridgeAdapter,
  type EventBridgeEntry,
  type EventBridgePut,
  settleEntries,
} from '../../messaging/index.js';
import { encodeDetail } from '../eventbridge/detail.js';
import type { EventToPut } from '../eventbridge/event-to-put.js';
import type { AwsTopology } from '../topology/aws-topology.js';
import type { AwsConnection } from '../transport/aws-connection.js';

export interface EventBridgeDefaults {
  /** Source of events that name none. */
  readonly service: string;
  readonly eventBus?: string;
}

/** Puts events on buses of EventBridge; those of this application are made where the transport makes things. */
export class AwsEventBridgeAdapter extends EventBridgeAdapter {
  constructor(
    private readonly connect: (connection?: string) => AwsConnection,
    private readonly topology: AwsTopology,
    private readonly defaults: EventBridgeDefaults,
    private readonly connection?: string,
  ) {
    super();
  }

  override async putEvents(entries: readonly EventBridgeEntry[]): Promise<EntryResult<EventBridgePut>[]> {
    const { eventBus: usual = 'default' } = this.defaults;
    const results: EntryResult<EventBridgePut>[] = [];
    const buses = new Map<string, number[]>();
    entries.forEach(({ eventBus = usual }, index) => buses.set(eventBus, [...(buses.get(eventBus) ?? []), index]));
    await Promise.all(
      Array.from(buses, async ([bus, indexes]) => {
        const put = await this.putOn(
          bus,
          indexes.map((index) => entries[index] as EventBridgeEntry),
        );
        put.forEach((result, at) => (results[indexes[at] as number] = result));
      }),
    );
    return results;
  }

  override on(connection: string): EventBridgeAdapter {
    return new AwsEventBridgeAdapter(this.connect, this.topology, this.defaults, connection);
  }

  private putOn(bus: string, entries: readonly EventBridgeEntry[]): Promise<EntryResult<EventBridgePut>[]> {
    return settleEntries(
      entries,
      ({ source = this.defaults.service, detailType, detail, time, resources }): EventToPut => ({
        source,
        detailType,
        detail: encodeDetail(detailType, detail),
        ...(time !== undefined && { time }),
        ...(resources && { resources }),
      }),
      async (prepared) => {
        const physical = await this.topology.busName(bus);
        return this.connect(this.connection).eventBridge.put(physical, prepared);
      },
    );
  }
}
