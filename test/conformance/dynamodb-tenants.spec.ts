import { randomUUID } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { type AttributeValue, DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStore } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-event-store.js';
import {
  composeStores,
  type EventProtection,
  type TenancyOptions,
} from '../../libs/loose-coupling/src/event-sourcing/runtime.js';
import { describeAllTenantsContract } from '../../libs/loose-coupling/src/event-sourcing/testing/all-tenants.contract.js';
import { describePersonalDataContract } from '../../libs/loose-coupling/src/event-sourcing/testing/personal-data.contract.js';
import { describeTenantsContract } from '../../libs/loose-coupling/src/event-sourcing/testing/tenants.contract.js';
import { type Clock, SystemClock } from '../../libs/loose-coupling/src/kernel/index.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

const textOf = ({ B, S = '', N = '' }: AttributeValue): string => (B ? inflateRawSync(B).toString() : S + N);

describeOnAws('tenants and personal data on DynamoDB', (aws) => {
  let api: DynamoDB;
  const clock = new SystemClock();

  beforeAll(() => {
    const { endpoint, region, credentials } = aws();
    api = new DynamoDB({ endpoint, region, credentials });
  });

  afterAll(() => api.destroy());

  const openTable = (table: string, given: { readonly clock?: Clock; readonly protection?: EventProtection } = {}) => {
    const store = new DynamoDbEventStore({ table, api, clock, provision: 'create', ...given });
    const close = store.close.bind(store);
    store.close = async () => {
      // A test that is refused before it uses the table has made none.
      await store.ready();
      await close();
      await api.deleteTable({ TableName: table });
    };
    return store;
  };

  const partsOf = (events: DynamoDbEventStore) => {
    const { outbox, inbox, processes, checkpoints, snapshots } = events;
    return { events, outbox, inbox, processes, checkpoints, snapshots };
  };

  const open = async (tenancy: TenancyOptions) => {
    const prefix = `t-${randomUUID()}`;
    return composeStores({
      options: { service: 's', store: { type: 'dynamodb' }, tenancy },
      clock,
      report: () => undefined,
      keyStore: () => {
        throw new Error('nothing personal is stored');
      },
      open: () => partsOf(openTable(prefix)),
      openTenant: async (tenant) => partsOf(openTable(`${prefix}.${tenant}`)),
    });
  };

  describeTenantsContract('one table', () => open({ type: 'prefix' }));
  describeAllTenantsContract('one table', () => open({ type: 'prefix' }));
  describeTenantsContract('a table each', () => open({ type: 'store' }));

  describePersonalDataContract(
    'a table',
    async (protection, given) => {
      const table = `p-${randomUUID()}`;
      const store = openTable(table, { protection, clock: given });
      const raw = async () => {
        const { Items = [] } = await api.scan({ TableName: table, ConsistentRead: true });
        return Items.flatMap((item) => Object.values(item).map(textOf)).join('\n');
      };
      return { store, raw, close: () => store.close() };
    },
    () => clock,
  );
});
