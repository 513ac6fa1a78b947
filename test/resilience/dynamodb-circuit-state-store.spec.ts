import { randomUUID } from 'node:crypto';
import { DynamoDbCircuitStateStore } from '../../libs/loose-coupling/src/aws/dynamodb/dynamodb-circuit-state-store.js';
import { describeCircuitStateStore } from '../../libs/loose-coupling/src/resilience/state/testing/circuit-state-store.contract.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

describeOnAws('DynamoDbCircuitStateStore', (aws) => {
  describeCircuitStateStore('DynamoDB', async () => {
    const table = `circuits-${randomUUID()}`;
    const { endpoint, region, credentials } = aws();
    const connect = () =>
      new DynamoDbCircuitStateStore({
        table,
        provision: 'create',
        aws: { endpoint, region, credentials },
        requestTimeout: 5_000,
      });
    const [store, other] = [connect(), connect()];
    return {
      store,
      other,
      close: async () => {
        await Promise.all([store.close(), other.close()]);
      },
    };
  });
});
