import {
  CheckpointBehindError,
  CheckpointLostError,
  CheckpointStore,
  DocumentConflictError,
  holderIsGone,
  isInForce,
  newCheckpoint,
  type Checkpoint,
  type CheckpointMove,
  type ParkedEvent,
  type ParkedRange,
} from '../../event-sourcing/runtime.js';
import { backoffDelay, sleep, uuidv7, type Clock } from '../../kernel/index.js';
import { number, text, textOf } from './attributes.js';
import { cancellationReasons, isConditionFailed, isFatal } from './call-faults.js';
import { decodeCheckpoint } from './checkpoint-item.js';
import { itemBytes } from './commit-item.js';
import { DynamoDbDocumentStore } from './dynamodb-document-store.js';
import type { Item, TransactAction } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';
import { checkpointKey, toKey } from './keys.js';
import { ParkedEvents } from './parked-events.js';

/** On top of the SDK's own, in milliseconds; together some seconds. */
const RETRY = { initialDelay: 25, maxDelay: 1_000, jitter: 'full' } as const;
const ATTEMPTS = 10;
/** One action of a transaction moves the checkpoint. */
const MOST_ACTIONS = 99;
/** Of the 4 MB that a transaction holds. */
const MOST_BYTES = 3_900_000;
/** Of the 400 KB that an item holds. */
const MOST_BYTES_OF_ITEM = 400_000;

const HELD = 'epoch = :epoch AND holder = :holder';

/** Checkpoints in the table of the events: one moves in the transaction that changes its read model. */
export class DynamoDbCheckpointStore extends CheckpointStore {
  override readonly documents: DynamoDbDocumentStore;
  private readonly parkedEvents: ParkedEvents;

  constructor(
    private readonly items: EventItems,
    private readonly clock: Clock,
    /** Tells subscriptions of this process to look again. */
    private readonly ring: () => void,
    private readonly ready: () => Promise<void>,
  ) {
    super();
    this.documents = new DynamoDbDocumentStore(items, ready);
    this.parkedEvents = new ParkedEvents(items);
  }

  override async read(name: string): Promise<Checkpoint | undefined> {
    await this.ready();
    const item = await this.items.get(checkpointKey(name));
    return item && decodeCheckpoint(name, item);
  }

  override async acquire(name: string, holder: string, duration: number, from = 0): Promise<Checkpoint> {
    for (;;) {
      const known = await this.read(name);
      const current = known ?? newCheckpoint(name, from);
      const now = this.clock.now();
      const ours = current.holder === holder;
      if (!ours && isInForce(current.expiresAt, now, duration) && !holderIsGone(current.holder)) return current;
      const next = { ...current, holder, epoch: ours ? current.epoch : current.epoch + 1, expiresAt: now + duration };
      // Whoever was faster is met in the next round; so is our own write, when its reply was lost.
      if (await this.take(next, known)) return next;
    }
  }

  override async renew(lease: Checkpoint, duration: number): Promise<Checkpoint> {
    return this.update(lease, { exp: number(this.clock.now() + duration) }, HELD);
  }

  override async release(lease: Checkpoint): Promise<void> {
    try {
      await this.update(lease, { exp: number(0) }, HELD);
    } catch (error) {
      if (!(error instanceof CheckpointLostError)) throw error;
    }
  }

  override async move(lease: Checkpoint, move: CheckpointMove): Promise<Checkpoint> {
    const token = uuidv7(this.clock.now());
    const set = {
      ckp: number(move.to),
      tok: text(token),
      ...(move.recordedAt !== undefined && { ts: number(move.recordedAt) }),
    };
    const documents = move.documents ?? [];
    const others = [
      ...this.notBehind(move),
      ...this.parkedEvents.actions(lease.name, move),
      ...documents.flatMap((one) => this.documents.actions(one)),
    ];
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (others.length === 0) return await this.update(lease, set, `${HELD} AND ckp = :from`, move.from);
        await this.items.api.transactWriteItems({
          TransactItems: [{ Update: this.change(lease, set, `${HELD} AND ckp = :from`, move.from) }, ...others],
          ClientRequestToken: token,
        });
        return { ...lease, position: move.to, recordedAt: move.recordedAt ?? lease.recordedAt };
      } catch (error) {
        // An earlier attempt may have been stored, and only its reply lost.
        const stored = attempt > 1 || !isFatal(error) ? await this.storedBy(lease.name, token) : undefined;
        if (stored) return stored;
        this.refuse(error, lease, move);
        if (isFatal(error) || attempt >= ATTEMPTS) throw error;
        await sleep(this.clock, backoffDelay(attempt, RETRY));
      }
    }
  }

  override fits({ parked = [], documents = [] }: Pick<CheckpointMove, 'parked' | 'documents'>): boolean {
    const actions = [
      ...this.parkedEvents.actions('', { parked }),
      ...documents.flatMap((one) => this.documents.actions(one)),
    ];
    if (actions.length > MOST_ACTIONS) return false;
    const sizes = actions.map(({ Put }) => (Put ? itemBytes(Put.Item ?? {}) : 0));
    if (sizes.some((size) => size > MOST_BYTES_OF_ITEM)) return false;
    return sizes.reduce((sum, size) => sum + size, 0) <= MOST_BYTES;
  }

  override async parked(name: string, range: ParkedRange = {}): Promise<ParkedEvent[]> {
    await this.ready();
    const events: ParkedEvent[] = [];
    for await (const event of this.parkedEvents.all(name, range)) events.push(event);
    return events;
  }

  override async countParked(name: string): Promise<number> {
    await this.ready();
    return this.parkedEvents.count(name);
  }

  override async replayParked(name: string, streams?: string | ReadonlySet<string>): Promise<number> {
    await this.ready();
    const count = await this.parkedEvents.makeDue(name, streams);
    if (count > 0) {
      await this.items.api.updateItem({
        TableName: this.items.table,
        Key: toKey(checkpointKey(name)),
        UpdateExpression: 'SET rpl = :rpl',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':rpl': text(uuidv7(this.clock.now())) },
      });
    }
    this.ring();
    return count;
  }

  override async delete(name: string): Promise<void> {
    await this.ready();
    await this.items.api.transactWriteItems({
      TransactItems: [{ Delete: { TableName: this.items.table, Key: toKey(checkpointKey(name)) } }],
    });
    await this.parkedEvents.removeAll(name);
  }

  private notBehind({ notBehind, to }: CheckpointMove): TransactAction[] {
    if (notBehind === undefined) return [];
    return [
      {
        ConditionCheck: {
          TableName: this.items.table,
          Key: toKey(checkpointKey(notBehind)),
          ConditionExpression: 'attribute_not_exists(pk) OR ckp <= :to',
          ExpressionAttributeValues: { ':to': number(to) },
        },
      },
    ];
  }

  private async take(next: Checkpoint, known: Checkpoint | undefined): Promise<boolean> {
    try {
      await this.items.api.updateItem({
        TableName: this.items.table,
        Key: toKey(checkpointKey(next.name)),
        UpdateExpression: 'SET holder = :holder, epoch = :epoch, exp = :exp, ckp = :ckp',
        ConditionExpression: known ? 'epoch = :known AND ckp = :ckp' : 'attribute_not_exists(pk)',
        ExpressionAttributeValues: {
          ':holder': text(next.holder),
          ':epoch': number(next.epoch),
          ':exp': number(next.expiresAt),
          ':ckp': number(next.position),
          ...(known && { ':known': number(known.epoch) }),
        },
      });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }

  private async update(lease: Checkpoint, set: Item, condition: string, from?: number): Promise<Checkpoint> {
    try {
      const { Attributes } = await this.items.api.updateItem({
        ...this.change(lease, set, condition, from),
        ReturnValues: 'ALL_NEW',
      });
      return decodeCheckpoint(lease.name, Attributes ?? {});
    } catch (error) {
      // A move that meets its own earlier attempt finds that out by its token.
      if (isConditionFailed(error)) throw new CheckpointLostError(lease.name, lease.holder);
      throw error;
    }
  }

  private change(lease: Checkpoint, set: Item, condition: string, from: number | undefined) {
    const names = Object.keys(set);
    return {
      TableName: this.items.table,
      Key: toKey(checkpointKey(lease.name)),
      UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        ':epoch': number(lease.epoch),
        ':holder': text(lease.holder),
        ...(from !== undefined && { ':from': number(from) }),
      },
    } satisfies TransactAction['Update'];
  }

  private async storedBy(name: string, token: string): Promise<Checkpoint | undefined> {
    const item = await this.items.get(checkpointKey(name)).catch(() => undefined);
    return item && textOf(item, 'tok') === token ? decodeCheckpoint(name, item) : undefined;
  }

  /** @throws what the refusal means, if it is final */
  private refuse(error: unknown, lease: Checkpoint, move: CheckpointMove): void {
    if (error instanceof CheckpointLostError) throw error;
    const reasons = cancellationReasons(error);
    const failed = reasons?.findIndex(({ Code }) => Code === 'ConditionalCheckFailed') ?? -1;
    if (failed === 0) throw new CheckpointLostError(lease.name, lease.holder);
    if (failed < 0) return;
    if (move.notBehind !== undefined && failed === 1) throw new CheckpointBehindError(lease.name, move.notBehind);
    let action = 1 + this.notBehind(move).length + this.parkedEvents.actions(lease.name, move).length;
    for (const change of move.documents ?? []) {
      action += this.documents.actions(change).length;
      if (failed < action) throw new DocumentConflictError(change.collection, change.key);
    }
  }
}
