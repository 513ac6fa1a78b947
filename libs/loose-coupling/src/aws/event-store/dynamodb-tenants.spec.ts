import { composeStores, type TenancyOptions } from '../../event-sourcing/runtime.js';
import { describeAllTenantsContract } from '../../event-sourcing/testing/all-tenants.contract.js';
import { describeTenantsContract } from '../../event-sourcing/testing/tenants.contract.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

function open(tenancy: TenancyOptions) {
  const clock = new FakeClock();
  const tables = new Map<string, FakeTable>();
  const openTable = (table: string) => {
    const found = tables.get(table) ?? new FakeTable();
    tables.set(table, found);
    const events = new DynamoDbEventStore({ table, api: new FakeDynamoDb(found), clock });
    const { outbox, inbox, processes, checkpoints, snapshots } = events;
    return { events, outbox, inbox, processes, checkpoints, snapshots };
  };
  return composeStores({
    options: { service: 's', store: { type: 'dynamodb' }, tenancy },
    clock,
    report: () => undefined,
    keyStore: () => {
      throw new Error('nothing personal is stored');
    },
    open: () => openTable('events'),
    openTenant: async (tenant) => openTable(tenant),
  });
}

describeTenantsContract('one DynamoDB table', async () => open({ type: 'prefix' }));
describeAllTenantsContract('one DynamoDB table', async () => open({ type: 'prefix' }));
describeTenantsContract('a DynamoDB table each', async () => open({ type: 'store' }));
