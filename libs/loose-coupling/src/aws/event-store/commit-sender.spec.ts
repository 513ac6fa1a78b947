import { events, read } from '../../event-sourcing/testing/event-store-under-test.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable, ServiceFault } from './testing/fake-dynamodb.js';

type Fault = (operation: string, phase: 'before' | 'after', put: number) => ServiceFault | undefined;

/** A store whose calls fail as told; `put` counts the puts. */
function setUp(faultOf: Fault, silent = false) {
  const clock = new FakeClock();
  const table = new FakeTable();
  let puts = 0;
  const at = (operation: string, phase: 'before' | 'after') => {
    if (operation === 'putItem' && phase === 'before') puts += 1;
    const fault = faultOf(operation, phase, puts);
    if (fault) throw fault;
  };
  const fake = new FakeDynamoDb(table, { at });
  const putItem: typeof fake.putItem = ({ ReturnValuesOnConditionCheckFailure: told, ...input }) =>
    fake.putItem({ ...input, ...(!silent && told && { ReturnValuesOnConditionCheckFailure: told }) });
  const api = { ...fake, putItem, destroy: () => undefined };
  const store = new DynamoDbEventStore({ table: 'events', api, clock });
  const other = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), clock });
  const append = async () => {
    const appending = store.appendToStream('a-1', events(1), { expectedVersion: 'noStream' });
    appending.catch(() => undefined);
    for (let step = 0; step < 50; step += 1) await clock.advance(500);
    return appending;
  };
  return { append, stored: () => read(other, 'a-1') };
}

const denied = new ServiceFault('AccessDeniedException');
const lost = new ServiceFault('TimeoutError');

describe('sending a commit to DynamoDB', () => {
  it('finds that it is stored when the reply was lost and the next attempt is refused for good', async () => {
    const { append, stored } = setUp((operation, phase, put) => {
      if (operation !== 'putItem') return undefined;
      if (put === 1 && phase === 'after') return lost;
      return put === 2 && phase === 'before' ? denied : undefined;
    });
    expect(await append()).toEqual({ nextExpectedVersion: 1 });
    expect(await stored()).toHaveLength(1);
  });

  it('does not say that nothing was stored when it cannot know', async () => {
    const { append, stored } = setUp((operation, phase, put) => {
      if (operation === 'putItem' && put === 1 && phase === 'after') return lost;
      return put >= 1 && phase === 'before' && put !== 1 ? denied : operation === 'getItem' ? denied : undefined;
    });
    await expect(append()).rejects.toMatchObject({ code: 'LC_UNKNOWN_COMMIT_OUTCOME', cause: denied });
    expect(await stored()).toHaveLength(1);
  });

  it('goes by what the SDK has tried itself before it was refused', async () => {
    const { append, stored } = setUp((operation, phase, put) => {
      if (operation !== 'putItem' || put !== 1 || phase !== 'after') return undefined;
      // The SDK sent it again, and that was refused.
      return Object.assign(new ServiceFault('AccessDeniedException'), { $metadata: { attempts: 2 } });
    });
    expect(await append()).toEqual({ nextExpectedVersion: 1 });
    expect(await stored()).toHaveLength(1);
  });

  it('asks again when the server does not say what a refused write met, and the question fails', async () => {
    let questions = 0;
    const { append, stored } = setUp((operation, phase, put) => {
      if (operation === 'putItem' && put === 1 && phase === 'after') return lost;
      if (operation !== 'getItem' || phase === 'after') return undefined;
      return ++questions === 1 ? new ServiceFault('ThrottlingException') : undefined;
    }, true);
    expect(await append()).toEqual({ nextExpectedVersion: 1 });
    expect(questions).toBeGreaterThan(1);
    expect(await stored()).toHaveLength(1);
  });

  it('passes on the first refusal as it is: nothing was stored', async () => {
    const { append, stored } = setUp((operation, phase) =>
      operation === 'putItem' && phase === 'before' ? denied : undefined,
    );
    await expect(append()).rejects.toBe(denied);
    expect(await stored()).toEqual([]);
  });
});
