import type { DesiredResource, ResourceDriver, SeenResource } from '../../provisioning/index.js';
import { isNotFound } from '../topology/aws-error-names.js';
import { tagList, unless, type ProvisioningApis } from './provisioning-apis.js';

const KEY = 'service_name';
const WAIT_SECONDS = 120;

/** The table that circuit breakers share their state in: of the document, and of `DynamoDbCircuitStateStore`. */
export class CircuitTableDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const found = await unless(isNotFound, () => this.apis.dynamoDb.describeTable({ TableName: name }));
    return found?.Table?.TableArn === undefined ? undefined : { arn: found.Table.TableArn, properties: {} };
  }

  async create({ name }: DesiredResource): Promise<SeenResource> {
    const { dynamoDb, tags } = this.apis;
    const { TableDescription } = await dynamoDb.createTable({
      TableName: name,
      AttributeDefinitions: [{ AttributeName: KEY, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: KEY, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: tagList(tags),
    });
    await this.untilActive(name);
    return { arn: TableDescription?.TableArn ?? '', properties: {} };
  }

  async update(): Promise<void> {
    // There is nothing that the file could say of it.
  }

  async remove({ name }: DesiredResource): Promise<void> {
    await unless(isNotFound, () => this.apis.dynamoDb.deleteTable({ TableName: name }));
  }

  private async untilActive(name: string): Promise<void> {
    for (let second = 0; second < WAIT_SECONDS; second++) {
      const { Table } = await this.apis.dynamoDb.describeTable({ TableName: name });
      if (Table?.TableStatus === 'ACTIVE') return;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    throw new Error(`table ${name} was not active after ${WAIT_SECONDS} seconds`);
  }
}
