import { itemBytes } from '../commit-item.js';
import { numberOf, textOf } from '../attributes.js';
import type { CancellationReason, DynamoDbApi, Item, TransactAction } from '../dynamodb-api.js';
import { keyOf, keyText } from '../keys.js';
import { holds, project, update } from './expressions.js';

const ITEM_BYTES = 400 * 1024 + 256;

export class ServiceFault extends Error {
  readonly Item?: Item;
  readonly CancellationReasons?: readonly CancellationReason[];

  constructor(
    name: string,
    extra: { Item?: Item | undefined; CancellationReasons?: readonly CancellationReason[] } = {},
  ) {
    super(name);
    this.name = name;
    if (extra.Item) this.Item = extra.Item;
    if (extra.CancellationReasons) this.CancellationReasons = extra.CancellationReasons;
  }
}

export interface FakeDynamoDbOptions {
  /** Awaited before and after each call: the place to fail, to lose a reply, or to let others go first. */
  readonly at?: (operation: string, phase: 'before' | 'after') => Promise<void> | void;
  /** Asked for each item: whether the index has heard by now that it came, or went. */
  readonly isIndexCurrent?: () => boolean;
}

/** What clients of one or more "processes" share: items by key. */
export class FakeTable {
  readonly items = new Map<string, Item>();
  /** What the index shows, by key. */
  readonly indexed = new Map<string, Item>();
}

/** DynamoDB's conditions, transactions, limits and lagging index, in memory. One table, whatever its name. */
export class FakeDynamoDb implements DynamoDbApi {
  constructor(
    private readonly table: FakeTable,
    private readonly options: FakeDynamoDbOptions = {},
  ) {}

  readonly putItem: DynamoDbApi['putItem'] = (input) =>
    this.call('putItem', () => {
      const reason = this.refusal({ Put: { ...input, Item: input.Item ?? {} } });
      if (reason) throw new ServiceFault('ConditionalCheckFailedException', { Item: reason.Item });
      this.store(input.Item ?? {});
      return {};
    });

  readonly getItem: DynamoDbApi['getItem'] = (input) =>
    this.call('getItem', () => {
      const item = this.find(input.Key ?? {});
      return item ? { Item: { ...item } } : {};
    });

  readonly batchGetItem: DynamoDbApi['batchGetItem'] = (input) =>
    this.call('batchGetItem', () => {
      const [entry] = Object.entries(input.RequestItems ?? {});
      if (!entry) return {};
      const [name, { Keys = [], ProjectionExpression, ExpressionAttributeNames }] = entry;
      if (Keys.length > 100) throw new ServiceFault('ValidationException');
      const found = Keys.map((key) => this.find(key)).filter((item) => item !== undefined);
      return {
        Responses: { [name]: found.map((item) => project(item, ProjectionExpression, ExpressionAttributeNames)) },
      };
    });

  readonly query: DynamoDbApi['query'] = (input) =>
    this.call('query', () => {
      const condition = (input.KeyConditionExpression ?? '').replace(
        /(\w+) BETWEEN (:\w+) AND (:\w+)/,
        '$1 >= $2 AND $1 <= $3',
      );
      const source = input.IndexName === undefined ? [...this.table.items.values()] : this.index();
      const order = input.IndexName === undefined ? 'sk' : 'pts';
      const direction = input.ScanIndexForward === false ? -1 : 1;
      const sorted = source
        .filter((item) => holds(condition, item, input.ExpressionAttributeValues))
        .toSorted((one, other) => direction * ((numberOf(one, order) ?? 0) - (numberOf(other, order) ?? 0)));
      const start = input.ExclusiveStartKey && keyText(keyOf(input.ExclusiveStartKey));
      const from = start === undefined ? 0 : sorted.findIndex((item) => keyText(keyOf(item)) === start) + 1;
      const page = sorted.slice(from, from + (input.Limit ?? 1000));
      const last = page.at(-1);
      return {
        Items: page.map((item) => project(item, input.ProjectionExpression, input.ExpressionAttributeNames)),
        ...(last &&
          from + page.length < sorted.length && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } as Item }),
      };
    });

  /** Whatever is asked for by the beginning of its key, in pages of two. */
  readonly scan: DynamoDbApi['scan'] = (input) =>
    this.call('scan', () => {
      const [, attribute = ''] = /attribute_exists\((\w+)\)/.exec(input.FilterExpression ?? '') ?? [];
      const beginning = input.ExpressionAttributeValues?.[':key']?.S ?? '';
      const all = [...this.table.items.values()];
      const start = input.ExclusiveStartKey && keyText(keyOf(input.ExclusiveStartKey));
      const from = start === undefined ? 0 : all.findIndex((item) => keyText(keyOf(item)) === start) + 1;
      const page = all.slice(from, from + 2);
      const last = page.at(-1);
      const fits = (item: Item) => keyOf(item).pk.startsWith(beginning) && item[attribute] !== undefined;
      return {
        Items: page.filter(fits),
        ...(last && from + 2 < all.length && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } as Item }),
      };
    });

  readonly updateItem: DynamoDbApi['updateItem'] = (input) =>
    this.call('updateItem', () => {
      const item = this.find(input.Key ?? {});
      const condition = input.ConditionExpression;
      if (condition !== undefined && !holds(condition, item, input.ExpressionAttributeValues)) {
        throw new ServiceFault('ConditionalCheckFailedException');
      }
      const next = update(input.UpdateExpression ?? '', item ?? { ...input.Key }, input.ExpressionAttributeValues);
      this.store(next);
      return input.ReturnValues === 'ALL_NEW' ? { Attributes: { ...next } } : {};
    });

  readonly transactWriteItems: DynamoDbApi['transactWriteItems'] = (input) =>
    this.call('transactWriteItems', () => {
      const actions = input.TransactItems ?? [];
      if (actions.length > 100) throw new ServiceFault('ValidationException');
      const keys = new Set(actions.map((action) => keyText(keyOf(targetOf(action)))));
      if (keys.size !== actions.length) throw new ServiceFault('ValidationException');
      const reasons = actions.map((action) => this.refusal(action) ?? { Code: 'None' });
      if (reasons.some(({ Code }) => Code !== 'None')) {
        throw new ServiceFault('TransactionCanceledException', { CancellationReasons: reasons });
      }
      for (const { Put, Delete, Update } of actions) {
        if (Put) this.store(Put.Item ?? {});
        if (Delete) this.table.items.delete(keyText(keyOf(Delete.Key ?? {})));
        if (Update) {
          const item = this.find(Update.Key ?? {}) ?? { ...Update.Key };
          this.store(update(Update.UpdateExpression ?? '', item as Item, Update.ExpressionAttributeValues));
        }
      }
      return {};
    });

  readonly describeTable: DynamoDbApi['describeTable'] = async () => ({});
  readonly createTable: DynamoDbApi['createTable'] = async () => ({});
  readonly updateTimeToLive: DynamoDbApi['updateTimeToLive'] = async () => ({});

  destroy(): void {
    // Nothing is open.
  }

  private async call<Result>(operation: string, work: () => Result): Promise<Result> {
    await this.options.at?.(operation, 'before');
    const result = work();
    await this.options.at?.(operation, 'after');
    return result;
  }

  private refusal(action: TransactAction): CancellationReason | undefined {
    const guarded = action.Put ?? action.ConditionCheck ?? action.Update ?? action.Delete;
    if (guarded?.ConditionExpression === undefined) return undefined;
    const item = this.find(targetOf(action));
    if (holds(guarded.ConditionExpression, item, guarded.ExpressionAttributeValues)) return undefined;
    const told = guarded.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item;
    return { Code: 'ConditionalCheckFailed', ...(told && { Item: { ...item } }) };
  }

  private find(key: Item): Item | undefined {
    return this.table.items.get(keyText(keyOf(key)));
  }

  private store(item: Item): void {
    if (itemBytes(item) > ITEM_BYTES) throw new ServiceFault('ValidationException');
    this.table.items.set(keyText(keyOf(item)), { ...item });
  }

  private index(): readonly Item[] {
    const { items, indexed } = this.table;
    for (const key of new Set([...indexed.keys(), ...items.keys()])) {
      const item = items.get(key);
      const isPending = textOf(item, 'pend') !== undefined;
      const shown = indexed.get(key);
      const isCurrent = isPending ? numberOf(shown, 'pts') === numberOf(item, 'pts') : !shown;
      if (isCurrent || !(this.options.isIndexCurrent?.() ?? true)) continue;
      if (item && isPending) indexed.set(key, { ...item });
      else indexed.delete(key);
    }
    return Array.from(indexed.values(), ({ pk, sk, pend, pts }) => ({ pk, sk, pend, pts }) as Item);
  }
}

const targetOf = ({ Put, Delete, Update, ConditionCheck }: TransactAction): Item =>
  Put?.Item ?? Delete?.Key ?? Update?.Key ?? ConditionCheck?.Key ?? {};
