import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { EventStore } from 'nestjs-loose-coupling/event-sourcing';
import { DynamoDbEventStore } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-event-store.js';
import type { DynamoDbApi } from '../../libs/loose-coupling/src/aws/event-store/dynamodb-api.js';
import { type AwsAccess, describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

/** Every third reply to a write is lost inside the SDK's own retries: what it was the answer to is stored. */
function losingReplies({ endpoint, region, credentials }: AwsAccess): DynamoDB {
  const client = new DynamoDB({ endpoint, region, credentials, maxAttempts: 5 });
  let writes = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const { commandName } = context as { commandName?: string };
      const isWrite = commandName === 'PutItemCommand' || commandName === 'TransactWriteItemsCommand';
      if (!isWrite || ++writes % 3 !== 0) return result;
      throw Object.assign(new Error('The reply was lost.'), { name: 'TimeoutError', code: 'ECONNRESET' });
    },
    { step: 'deserialize', priority: 'low' },
  );
  return client;
}

/** Named after what other libraries do on the same servers: docs/event-sourcing-peers.md. */
describeOnAws('an event store on DynamoDB', (aws) => {
  const open = async () => {
    const client = losingReplies(aws());
    const api = client as unknown as DynamoDbApi;
    const store = new DynamoDbEventStore({ table: `events-${randomUUID()}`, api, provision: 'create' });
    await store.ready();
    const close = async () => {
      await store.close();
      client.destroy();
    };
    return { store, close };
  };

  const countOf = async (store: EventStore, streamName: string): Promise<number> => {
    const { state } = await store.aggregateStream(streamName, { initialState: () => 0, evolve: (count) => count + 1 });
    return state;
  };

  it('[castore-1] [ocoda-1] refuses a version that would leave a gap', async () => {
    const { store, close } = await open();
    await expect(
      store.appendToStream('gap-1', [{ type: 'counted', data: {} }], { expectedVersion: 6 }),
    ).rejects.toMatchObject({ code: 'LC_WRONG_EXPECTED_VERSION', actual: 0 });
    expect(await countOf(store, 'gap-1')).toBe(0);
    await close();
  });

  it('[castore-2] [equinox-js-1] stores 100 events for 100 commands when every third reply is lost', async () => {
    const { store, close } = await open();
    for (let command = 0; command < 100; command += 1) {
      const expectedVersion = await countOf(store, 'counter-1');
      await store.appendToStream('counter-1', [{ type: 'counted', data: { command } }], { expectedVersion });
    }
    const commands: number[] = [];
    for await (const { data } of store.readStream('counter-1')) commands.push((data as { command: number }).command);
    expect(commands).toEqual(Array.from({ length: 100 }, (_, command) => command));
    await close();
  });
});
