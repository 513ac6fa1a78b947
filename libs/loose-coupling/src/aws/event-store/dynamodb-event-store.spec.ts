import { describeEventStoreContract } from '../../event-sourcing/testing/event-store.contract.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

const traits = { positionsLater: true, generatedIdsUnguarded: true };

describeEventStoreContract('DynamoDB, in memory', async () => {
  const clock = new FakeClock();
  const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(new FakeTable()), clock });
  const { outbox, inbox, processes, checkpoints, snapshots } = store;
  const advance = (ms: number) => clock.advance(ms);
  const close = () => store.close();
  return { store, other: store, outbox, inbox, processes, checkpoints, snapshots, clock, traits, advance, close };
});

describeEventStoreContract('two processes on DynamoDB, in memory', async () => {
  const clock = new FakeClock();
  const table = new FakeTable();
  const open = () => new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), clock });
  const store = open();
  const other = open();
  return {
    store,
    other,
    outbox: other.outbox,
    inbox: other.inbox,
    processes: other.processes,
    checkpoints: other.checkpoints,
    clock,
    snapshots: other.snapshots,
    traits,
    advance: (ms) => clock.advance(ms),
    close: async () => {
      await Promise.all([store.close(), other.close()]);
    },
  };
});
