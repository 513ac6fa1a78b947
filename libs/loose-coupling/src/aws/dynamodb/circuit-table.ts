import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import { type Clock, sleep } from '../../kernel/index.js';
import { CircuitStoreError } from '../../resilience/index.js';
import type { DynamoDbSdk } from './dynamodb-sdk.loader.cjs';

const KEY = 'service_name';
const POLL = 100;
const SLOWER_POLL = 1_000;
const PATIENCE = 60_000;

const isNamed = (error: unknown, name: string): boolean => (error as { name?: unknown } | null)?.name === name;

/** Whether an error says that there is no such table. */
export const isMissingTable = (error: unknown): boolean => isNamed(error, 'ResourceNotFoundException');

/** Makes, or checks, the table of circuits. */
export class CircuitTable {
  constructor(
    private readonly sdk: DynamoDbSdk,
    private readonly client: DynamoDBClient,
    readonly name: string,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the table can be used. Several processes may do this at the same time. */
  async create(): Promise<void> {
    const found = (await this.describe()) ?? (await this.make());
    this.check(await this.waitUntilActive(found));
  }

  /** @throws {CircuitStoreError} when there is no such table, or its key is another one */
  async validate(): Promise<void> {
    const found = await this.describe();
    if (!found) throw this.unfit('does not exist', undefined);
    this.check(found);
  }

  private async describe(): Promise<TableDescription | undefined> {
    try {
      const { Table } = await this.client.send(new this.sdk.DescribeTableCommand({ TableName: this.name }));
      return Table;
    } catch (error) {
      if (isMissingTable(error)) return undefined;
      throw error;
    }
  }

  private async make(): Promise<TableDescription | undefined> {
    try {
      const { TableDescription } = await this.client.send(
        new this.sdk.CreateTableCommand({
          TableName: this.name,
          AttributeDefinitions: [{ AttributeName: KEY, AttributeType: 'S' }],
          KeySchema: [{ AttributeName: KEY, KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      return TableDescription;
    } catch (error) {
      // Another process was faster.
      if (isNamed(error, 'ResourceInUseException')) return undefined;
      throw error;
    }
  }

  private async waitUntilActive(first: TableDescription | undefined): Promise<TableDescription> {
    const start = this.clock.monotonic();
    for (let table = first; ; table = await this.describe()) {
      // A table that has just been made may not be found everywhere yet.
      if (table && table.TableStatus !== 'CREATING') return table;
      const waited = this.clock.monotonic() - start;
      if (waited > PATIENCE) throw this.unfit('did not become active within a minute', undefined);
      await sleep(this.clock, waited < SLOWER_POLL ? POLL : SLOWER_POLL);
    }
  }

  private check({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): void {
    const key = KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === KEY)?.AttributeType;
    if (key !== `${KEY} HASH` || type !== 'S') throw this.unfit(`has another key (${key})`, undefined);
  }

  private unfit(what: string, cause: unknown): CircuitStoreError {
    return new CircuitStoreError(
      `cannot use the DynamoDB table "${this.name}": it ${what}`,
      `It needs the partition key "${KEY}" (S) and no sort key; create it, or set provision: 'create'.`,
      { cause },
    );
  }
}
