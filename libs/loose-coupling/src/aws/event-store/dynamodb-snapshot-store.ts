import { SnapshotStore, type Snapshot } from '../../event-sourcing/runtime.js';
import { number, numberOf, text, textOf } from './attributes.js';
import type { CommitStarts } from './commit-starts.js';
import type { EventItems } from './event-items.js';
import { snapshotKey, snapshotPartition, toKey, keyOf } from './keys.js';
import { packed, unpacked } from './packed-json.js';

/** Deletions in one transaction. */
const BATCH = 100;

/** Snapshots in the table of the events: one item for each stream and revision. */
export class DynamoDbSnapshotStore extends SnapshotStore {
  constructor(
    private readonly items: EventItems,
    private readonly starts: CommitStarts,
    /** Resolves when the table can be used. */
    private readonly ready: () => Promise<void>,
  ) {
    super();
  }

  override async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    await this.ready();
    const { Item } = await this.items.api.getItem({
      TableName: this.items.table,
      Key: toKey(snapshotKey(streamName, revision)),
      // One of a moment ago does as well, and costs half.
      ConsistentRead: false,
    });
    const state = Item && unpacked(Item, 's');
    if (state === undefined) return undefined;
    const version = numberOf(Item, 'v') ?? 0;
    const start = numberOf(Item, 'c');
    if (start !== undefined) this.starts.note(streamName, start, version);
    return {
      streamName,
      revision,
      version,
      eventId: textOf(Item, 'eid') ?? '',
      state: JSON.parse(state) as unknown,
    };
  }

  override async save({ streamName, revision, version, eventId, state }: Snapshot): Promise<void> {
    await this.ready();
    const start = this.starts.startOf(streamName, version);
    await this.items.api.putItem({
      TableName: this.items.table,
      Item: {
        ...toKey(snapshotKey(streamName, revision)),
        v: number(version),
        ...(start !== undefined && { c: number(start) }),
        eid: text(eventId),
        s: packed(JSON.stringify(state)),
      },
    });
  }

  override async delete(streamName: string): Promise<void> {
    await this.ready();
    for (;;) {
      const { Items = [] } = await this.items.api.query({
        TableName: this.items.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(snapshotPartition(streamName)) },
        ProjectionExpression: 'pk, sk',
        ConsistentRead: true,
        Limit: BATCH,
      });
      if (Items.length === 0) return;
      await this.items.api.transactWriteItems({
        TransactItems: Items.map((item) => ({ Delete: { TableName: this.items.table, Key: toKey(keyOf(item)) } })),
      });
    }
  }
}
