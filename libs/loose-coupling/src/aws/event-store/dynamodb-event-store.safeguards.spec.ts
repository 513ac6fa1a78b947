import * as fc from 'fast-check';
import type { Item, TransactAction } from './dynamodb-api.js';
import { textOf } from './attributes.js';
import { chaos, checkWorld, type Weaken } from './testing/faulty-world.js';

jest.setTimeout(300_000);

const isOf = (item: Item | undefined, beginning: string): boolean => textOf(item, 'pk')?.startsWith(beginning) === true;
const withoutId = (item: Item | undefined) => item && isOf(item, 'S#') && { ...item, cid: { S: 'unknown' } };

/** Puts whose keys begin so are written whatever lies there. */
const unconditional =
  (beginning: string): Weaken =>
  (api) => {
    const weaker = ({ Put, ...action }: TransactAction): TransactAction => {
      if (!Put || !isOf(Put.Item, beginning)) return Put ? { ...action, Put } : action;
      const { ConditionExpression: _condition, ...put } = Put;
      return { ...action, Put: put };
    };
    return {
      putItem: (input) => {
        if (!isOf(input.Item, beginning)) return api.putItem(input);
        const { ConditionExpression: _condition, ...put } = input;
        return api.putItem(put);
      },
      transactWriteItems: (input) =>
        api.transactWriteItems({ ...input, TransactItems: input.TransactItems?.map(weaker) }),
    };
  };

/** What a refused write meets does not say whose it is. */
const withoutCommitIds: Weaken = (api) => {
  const forgetful = async <Output>(call: Promise<Output>): Promise<Output> => {
    try {
      return await call;
    } catch (error) {
      const { Item: found, CancellationReasons: reasons } = error as {
        Item?: Item;
        CancellationReasons?: { Item?: Item }[];
      };
      const own = {
        ...(found && { Item: withoutId(found) }),
        ...(reasons && { CancellationReasons: reasons.map((reason) => ({ ...reason, Item: withoutId(reason.Item) })) }),
      };
      throw Object.assign(error as Error, own);
    }
  };
  return {
    putItem: (input) => forgetful(api.putItem(input)),
    transactWriteItems: (input) => forgetful(api.transactWriteItems(input)),
    getItem: async (input) => {
      const { Item: found } = await api.getItem(input);
      return found ? { Item: withoutId(found) || found } : {};
    },
  };
};

/** The index is believed: what it lists counts as not in the feed yet. */
const withoutSecondLook: Weaken = (api) => ({
  batchGetItem: async (input) => {
    const { Responses = {}, ...rest } = await api.batchGetItem(input);
    const believed = Object.entries(Responses).map(([table, items]) => [
      table,
      items.map((item) => ({ ...item, pend: item['pend'] ?? { S: 'P#0' } })),
    ]);
    return { ...rest, Responses: Object.fromEntries(believed) as typeof Responses };
  },
});

/** Nobody asks whether the commit before is in the feed. */
const withoutPredecessors: Weaken = (api) => ({
  query: async (input) => {
    const answer = await api.query(input);
    const asks = input.Limit === 1 && input.ProjectionExpression !== undefined;
    if (!asks) return answer;
    return { ...answer, Items: (answer.Items ?? []).map(({ pend: _pend, ...item }): Item => item) };
  },
});

/** Items that were written together are placed one by one. */
const withoutSiblings: Weaken = (api) => ({
  batchGetItem: async (input) => {
    const { Responses = {}, ...rest } = await api.batchGetItem(input);
    const alone = Object.entries(Responses).map(([table, items]) => [table, items.map(({ tx: _tx, ...item }) => item)]);
    return { ...rest, Responses: Object.fromEntries(alone) as typeof Responses };
  },
});

const SAFEGUARDS: Readonly<Record<string, Weaken>> = {
  'a commit is put where nothing is': unconditional('S#'),
  'the id of a commit tells that it was stored by an earlier attempt': withoutCommitIds,
  'a page of the feed is put where none is': unconditional('F#'),
  'what the index lists is looked at itself': withoutSecondLook,
  'the commit before goes first': withoutPredecessors,
  'what was committed together stands together': withoutSiblings,
};

/** The same worlds as in the test of faults; of each kind of fault there is enough in the first hundreds. */
describe.each(Object.entries(SAFEGUARDS))('without the safeguard that %s', (_safeguard, weaken) => {
  it('an event store on DynamoDB is found to be wrong', async () => {
    const found = await fc.check(
      fc.asyncProperty(chaos, (settings) => checkWorld(settings, weaken)),
      {
        seed: 42,
        numRuns: 2_000,
        endOnFailure: true,
      },
    );
    expect(found.failed).toBe(true);
    expect(String((found as { errorInstance?: unknown }).errorInstance)).toMatch(/expect\(|Error/);
  });
});
