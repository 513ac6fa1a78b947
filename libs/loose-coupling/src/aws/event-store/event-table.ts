import { type Clock, sleep } from '../../kernel/index.js';
import { EventTableError } from '../errors/event-table.error.js';
import type { DynamoDbApi, TableDescription } from './dynamodb-api.js';
import { PENDING_INDEX } from './keys.js';

const POLL_MS = 100;
const SLOWER_POLL_MS = 1_000;
const PATIENCE_MS = 120_000;

const isNamed = (error: unknown, name: string): boolean => (error as { name?: unknown } | null)?.name === name;

/** Makes, or checks, the table of events. Several processes may do this at the same time. */
export class EventTable {
  constructor(
    private readonly api: DynamoDbApi,
    readonly name: string,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the table and its index can be used. */
  async create(): Promise<void> {
    const found = (await this.describe()) ?? (await this.make());
    this.check(await this.waitUntilActive(found));
  }

  /** @throws {EventTableError} */
  async validate(): Promise<void> {
    const found = await this.describe();
    if (!found) throw new EventTableError(this.name, 'does not exist');
    this.check(found);
  }

  private async describe(): Promise<TableDescription | undefined> {
    try {
      return (await this.api.describeTable({ TableName: this.name })).Table;
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }

  private async make(): Promise<TableDescription | undefined> {
    try {
      const { TableDescription } = await this.api.createTable({
        TableName: this.name,
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
          { AttributeName: 'pend', AttributeType: 'S' },
          { AttributeName: 'pts', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: PENDING_INDEX,
            KeySchema: [
              { AttributeName: 'pend', KeyType: 'HASH' },
              { AttributeName: 'pts', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      });
      await this.expireMarks();
      return TableDescription;
    } catch (error) {
      // Another process was faster.
      if (isNamed(error, 'ResourceInUseException')) return undefined;
      throw error;
    }
  }

  /** Inbox marks go by themselves. They are not counted once expired, so a table without it only grows. */
  private async expireMarks(): Promise<void> {
    await this.waitUntilActive(undefined);
    await this.api.updateTimeToLive({
      TableName: this.name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
    });
  }

  private async waitUntilActive(first: TableDescription | undefined): Promise<TableDescription> {
    const start = this.clock.monotonic();
    for (let table = first; ; table = await this.describe()) {
      // A table that has just been made may not be found everywhere yet.
      if (table && isReady(table)) return table;
      const waited = this.clock.monotonic() - start;
      if (waited > PATIENCE_MS) throw new EventTableError(this.name, 'did not become active within two minutes');
      if (table || waited > 0) await sleep(this.clock, waited < SLOWER_POLL_MS ? POLL_MS : SLOWER_POLL_MS);
    }
  }

  private check({ KeySchema = [], AttributeDefinitions = [], GlobalSecondaryIndexes = [] }: TableDescription): void {
    const typeOf = (name: string | undefined) =>
      AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    const layout = (keys: typeof KeySchema) =>
      keys.map(({ AttributeName, KeyType }) => `${AttributeName} ${typeOf(AttributeName)} ${KeyType}`).join(', ');
    const key = layout(KeySchema);
    if (key !== 'pk S HASH, sk N RANGE') throw new EventTableError(this.name, `has another key (${key})`);
    const index = GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === PENDING_INDEX);
    if (!index) throw new EventTableError(this.name, `has no index "${PENDING_INDEX}"`);
    const indexKey = layout(index.KeySchema ?? []);
    if (indexKey !== 'pend S HASH, pts N RANGE') {
      throw new EventTableError(this.name, `has an index "${PENDING_INDEX}" with another key (${indexKey})`);
    }
  }
}

const isReady = ({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription): boolean =>
  TableStatus !== 'CREATING' && GlobalSecondaryIndexes.every(({ IndexStatus }) => IndexStatus !== 'CREATING');
