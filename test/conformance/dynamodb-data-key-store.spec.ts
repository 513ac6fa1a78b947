import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDbDataKeyStore } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-data-key-store.js';
import { DynamoDbEventStore } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-event-store.js';
import { describeDataKeyStoreContract } from '../../libs/loose-coupling/src/event-sourcing/testing/data-key-store.contract.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

describeOnAws('data key stores on DynamoDB', (aws) => {
  describeDataKeyStoreContract('in the table of the events', async () => {
    const { endpoint, region, credentials } = aws();
    const table = `keys-${randomUUID()}`;
    const api = new DynamoDB({ endpoint, region, credentials });
    const events = new DynamoDbEventStore({ table, api, provision: 'create' });
    await events.ready();
    await events.appendToStream('a-1', [{ type: 'x', data: {} }]);
    return {
      store: new DynamoDbDataKeyStore({ table, api }),
      other: new DynamoDbDataKeyStore({ table, api }),
      close: async () => {
        await events.close();
        await api.deleteTable({ TableName: table });
        api.destroy();
      },
    };
  });
});
