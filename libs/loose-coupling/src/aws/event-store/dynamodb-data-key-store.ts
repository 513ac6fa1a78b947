import {
  DamagedDataKeyError,
  type DataKeyRecord,
  type DataKeyStore,
  type StoredDataKey,
  type WrappedKey,
} from '../../event-sourcing/runtime.js';
import type { AwsClientOptions } from '../aws-client-options.js';
import { AwsClients } from '../clients/aws-clients.js';
import { number, numberOf, text, textOf } from './attributes.js';
import { isConditionFailed } from './call-faults.js';
import type { DynamoDbApi, Item } from './dynamodb-api.js';
import { DATA_KEY, dataKeyKey, keyOf, toKey } from './keys.js';

/** What it uses of DynamoDB. */
type DataKeyApi = Pick<DynamoDbApi, 'getItem' | 'putItem' | 'updateItem' | 'scan'>;

export interface DynamoDbDataKeyStoreOptions {
  /** Name of a table with the keys `pk` (S) and `sk` (N): the one of the events, or one of its own. */
  readonly table: string;
  readonly aws?: AwsClientOptions;
  /** A client of the caller's, such as the SDK's `DynamoDB`, who then destroys it. Default: one made from `aws`. */
  readonly api?: object;
}

/** Keys of subjects as items `K#<subject>`. Forgetting removes the key's attributes and leaves a mark. */
export class DynamoDbDataKeyStore implements DataKeyStore {
  private readonly clients: AwsClients | undefined;
  private readonly api: DataKeyApi;
  private readonly table: string;

  /** @throws {MissingPackageError} when `@aws-sdk/client-dynamodb` is not installed */
  constructor(options: DynamoDbDataKeyStoreOptions) {
    this.clients = options.api ? undefined : new AwsClients(options.aws);
    this.api = (options.api as DataKeyApi | undefined) ?? (this.clients as AwsClients).dynamoDb();
    this.table = options.table;
  }

  async get(subject: string): Promise<DataKeyRecord | undefined> {
    const Key = toKey(dataKeyKey(subject));
    const { Item } = await this.api.getItem({ TableName: this.table, Key, ConsistentRead: true });
    return Item && toRecord(Item);
  }

  async add(subject: string, key: StoredDataKey): Promise<DataKeyRecord> {
    const item = {
      ...toKey(dataKeyKey(subject)),
      kid: text(key.id),
      wby: text(key.wrappedBy),
      w: text(key.wrapped),
    };
    try {
      await this.api.putItem({ TableName: this.table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' });
      return { key };
    } catch (error) {
      // Another's is there; or ours, when the reply to the first attempt was lost.
      const found = isConditionFailed(error) ? await this.get(subject) : undefined;
      if (!found) throw error;
      return found;
    }
  }

  async rewrap(subject: string, from: StoredDataKey, to: WrappedKey): Promise<boolean> {
    try {
      await this.api.updateItem({
        TableName: this.table,
        Key: toKey(dataKeyKey(subject)),
        UpdateExpression: 'SET wby = :by, w = :w',
        ConditionExpression: 'w = :from',
        ExpressionAttributeValues: { ':by': text(to.wrappedBy), ':w': text(to.wrapped), ':from': text(from.wrapped) },
      });
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return (await this.get(subject))?.key?.wrapped === to.wrapped;
    }
  }

  async forget(subject: string, now: number): Promise<void> {
    try {
      await this.api.updateItem({
        TableName: this.table,
        Key: toKey(dataKeyKey(subject)),
        UpdateExpression: 'SET fgt = :now REMOVE kid, wby, w',
        ConditionExpression: 'attribute_not_exists(fgt)',
        ExpressionAttributeValues: { ':now': number(now) },
      });
    } catch (error) {
      // It is forgotten already.
      if (!isConditionFailed(error)) throw error;
    }
  }

  /** Reads the whole table, so on a large one it costs: for rotation, which is rare. */
  async *subjects(): AsyncGenerator<string> {
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.api.scan({
        TableName: this.table,
        FilterExpression: 'begins_with(pk, :key) AND attribute_exists(w)',
        ExpressionAttributeValues: { ':key': text(DATA_KEY) },
        ProjectionExpression: 'pk, sk',
        ...(start && { ExclusiveStartKey: start }),
      });
      for (const item of Items) yield keyOf(item).pk.slice(DATA_KEY.length);
      start = LastEvaluatedKey;
    } while (start);
  }

  close(): void {
    this.clients?.close();
  }
}

function toRecord(item: Item): DataKeyRecord {
  const id = textOf(item, 'kid');
  const wrappedBy = textOf(item, 'wby');
  const wrapped = textOf(item, 'w');
  const forgottenAt = numberOf(item, 'fgt');
  if (forgottenAt !== undefined) return { forgottenAt };
  if (id === undefined || wrappedBy === undefined || wrapped === undefined) {
    throw new DamagedDataKeyError('its item is incomplete');
  }
  return { key: { id, wrappedBy, wrapped } };
}
