import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  backoffDelay,
  type Clock,
  ClosedError,
  isLooseCouplingError,
  MissingPackageError,
  sleep,
  SystemClock,
  uuidv7,
} from '../../kernel/index.js';
import {
  assertGenerationGrows,
  CircuitStateStore,
  CircuitStoreError,
  unwrittenCircuit,
  type SharedCircuit,
} from '../../resilience/index.js';
import { type CircuitItem, fromItem, toItem } from './circuit-item.js';
import { CircuitTable, isMissingTable } from './circuit-table.js';
import type { DynamoDbCircuitStateStoreOptions } from './dynamodb-circuit-state-store.options.js';
import { type DynamoDbSdk, loadDynamoDbSdk } from './dynamodb-sdk.loader.cjs';

const DEFAULT_TABLE = 'circuit-breaker-state';
/** DynamoDB takes no more keys at a time. */
const BATCH = 100;
/** For keys that a throttled table has left over, in milliseconds. */
const BACKOFF = { initialDelay: 20, maxDelay: 200, jitter: 'full' } as const;
const BATCH_ATTEMPTS = 5;

/**
 * Circuits in a DynamoDB table, shared by processes everywhere. The table and its attributes are those of the source
 * document's Lambda, whose items are understood, and which understands these.
 * @throws {MissingPackageError} when the packages of the AWS SDK are not installed
 */
export class DynamoDbCircuitStateStore extends CircuitStateStore {
  private readonly clock: Clock;
  private readonly sdk: DynamoDbSdk;
  private readonly client: DynamoDBDocumentClient;
  private readonly table: CircuitTable;
  private readonly provision: 'create' | 'validate' | 'none';
  private prepared: Promise<void> | undefined;
  private closed = false;

  constructor(options: DynamoDbCircuitStateStoreOptions = {}) {
    super();
    const { table = DEFAULT_TABLE, provision = 'none', aws = {}, requestTimeout = 500 } = options;
    this.clock = options.clock ?? new SystemClock();
    this.provision = provision;
    this.sdk = loadDynamoDbSdk(
      (packageName, cause) => new MissingPackageError(packageName, 'A circuit state store on DynamoDB', { cause }),
    );
    const client = new this.sdk.DynamoDBClient({
      ...aws,
      // The SDK writes into the object that it is given; the options are the user's.
      ...(typeof aws.credentials === 'object' && { credentials: { ...aws.credentials } }),
      maxAttempts: 2,
      requestHandler: { connectionTimeout: requestTimeout, requestTimeout, throwOnRequestTimeout: true },
    });
    this.client = this.sdk.DynamoDBDocumentClient.from(client);
    this.table = new CircuitTable(this.sdk, client, table, this.clock);
  }

  override read(names: readonly string[]): Promise<readonly SharedCircuit[]> {
    const keys = [...new Set(names)].map((name) => ({ service_name: name }));
    return this.run(async () => {
      const items: CircuitItem[] = [];
      for (let at = 0; at < keys.length; at += BATCH) items.push(...(await this.readBatch(keys.slice(at, at + BATCH))));
      return items.map(fromItem);
    });
  }

  override async write(circuit: SharedCircuit, expected: number): Promise<true | SharedCircuit> {
    assertGenerationGrows(circuit, expected);
    const writeId = uuidv7();
    const item = toItem(circuit, writeId, this.clock.now());
    return this.run(async () => {
      const stored = await this.put(item, expected);
      // When the reply of a write is lost, the SDK sends it again, and that one meets its own success.
      if (stored === true || stored?.['write_id'] === writeId) return true;
      return stored ? fromItem(stored) : unwrittenCircuit(circuit.name);
    });
  }

  override async close(): Promise<void> {
    this.closed = true;
    this.client.destroy();
  }

  /** True, or the item that is there instead. */
  private async put(item: CircuitItem, expected: number): Promise<true | CircuitItem | undefined> {
    try {
      await this.client.send(
        new this.sdk.PutCommand({
          TableName: this.table.name,
          Item: item,
          // Items of the Lambda have no generation, and count as never written.
          ConditionExpression: expected === 0 ? 'attribute_not_exists(generation)' : 'generation = :expected',
          ...(expected > 0 && { ExpressionAttributeValues: { ':expected': expected } }),
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof this.sdk.ConditionalCheckFailedException)) throw error;
      const { Item } = await this.client.send(
        new this.sdk.GetCommand({
          TableName: this.table.name,
          Key: { service_name: item['service_name'] },
          ConsistentRead: true,
        }),
      );
      return Item;
    }
  }

  private async readBatch(keys: readonly Record<string, unknown>[]): Promise<CircuitItem[]> {
    const table = this.table.name;
    const items: CircuitItem[] = [];
    let left: readonly Record<string, unknown>[] = keys;
    for (let attempt = 1; attempt <= BATCH_ATTEMPTS; attempt += 1) {
      const answer = await this.client.send(
        new this.sdk.BatchGetCommand({ RequestItems: { [table]: { Keys: [...left], ConsistentRead: true } } }),
      );
      items.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length === 0) return items;
      await sleep(this.clock, backoffDelay(attempt, BACKOFF));
    }
    throw new CircuitStoreError(
      `could not read ${left.length} of ${keys.length} circuits: the DynamoDB table "${table}" left them over`,
      'It is throttled; raise its capacity.',
    );
  }

  private async run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      await this.prepare();
      try {
        return await work();
      } catch (error) {
        if (!isMissingTable(error) || this.provision !== 'create') throw error;
        // Somebody has deleted it since.
        this.prepared = undefined;
        await this.prepare();
        return await work();
      }
    } catch (error) {
      if (this.closed) throw new ClosedError('The circuit state store');
      if (isLooseCouplingError(error)) throw error;
      throw new CircuitStoreError(
        `could not use the DynamoDB table "${this.table.name}"`,
        'Breakers go on without it until it can be used again; see the cause.',
        { cause: error },
      );
    }
  }

  /** Once, unless it fails. */
  private prepare(): Promise<void> {
    if (this.closed) throw new ClosedError('The circuit state store');
    if (this.provision === 'none') return Promise.resolve();
    if (!this.prepared) {
      const preparing = this.provision === 'create' ? this.table.create() : this.table.validate();
      this.prepared = preparing;
      preparing.catch(() => {
        if (this.prepared === preparing) this.prepared = undefined;
      });
    }
    return this.prepared;
  }
}
