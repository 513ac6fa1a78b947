import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStore } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-event-store.js';
import type { DynamoDbApi } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-api.js';
import { describeEventStoreContract } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store.contract.js';
import { type AwsAccess, describeOnAws, describeOnDynamoDbLocal } from '../support/aws-emulator/index.js';
import { JumpingClock } from '../support/jumping-clock.js';

jest.setTimeout(60_000);

/** Moto tests a condition and writes in two steps, with other threads in between: both of two writers may be told "stored". */
const isRacy = async (endpoint: string): Promise<boolean> => (await fetch(`${endpoint}/moto-api/data.json`)).ok;

/** Counts the calls under way, so that a test can wait until there are none; `oneByOne` has each wait for the one before. */
function counted(client: DynamoDB, oneByOne: boolean): { api: DynamoDbApi; quiet: () => Promise<void> } {
  let underWay = 0;
  let last: Promise<unknown> = Promise.resolve();
  const api = new Proxy(client, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || name === 'destroy') return method;
      return async (...input: unknown[]) => {
        underWay += 1;
        try {
          const call = () => Reflect.apply(method, target, input) as Promise<unknown>;
          const result = oneByOne ? last.then(call) : call();
          last = result.catch(() => undefined);
          return await result;
        } finally {
          underWay -= 1;
        }
      };
    },
  }) as unknown as DynamoDbApi;
  const quiet = async () => {
    // What a reply sets off is on its way a few turns later.
    for (let idle = 0; idle < 10; idle = underWay === 0 ? idle + 1 : 0) {
      await new Promise((resolve) => setTimeout(resolve, underWay === 0 ? 0 : 2));
    }
  };
  return { api, quiet };
}

function describeContract(aws: () => AwsAccess): void {
  describeEventStoreContract('two processes', async () => {
    const { endpoint, region, credentials } = aws();
    const client = new DynamoDB({ endpoint, region, credentials });
    const { api, quiet } = counted(client, await isRacy(endpoint));
    const clock = new JumpingClock(quiet);
    const table = `events-${randomUUID()}`;
    const open = () => new DynamoDbEventStore({ table, api, clock, provision: 'create' });
    const store = open();
    const other = open();
    await store.ready();
    return {
      store,
      other,
      outbox: other.outbox,
      inbox: other.inbox,
      processes: other.processes,
      checkpoints: other.checkpoints,
      clock,
      snapshots: other.snapshots,
      traits: { positionsLater: true, generatedIdsUnguarded: true },
      advance: (ms) => clock.advance(ms),
      close: async () => {
        await Promise.all([store.close(), other.close()]);
        await client.deleteTable({ TableName: table });
        client.destroy();
      },
    };
  });
}

describeOnAws('event stores on DynamoDB', describeContract);
describeOnDynamoDbLocal('event stores on DynamoDB', describeContract);
