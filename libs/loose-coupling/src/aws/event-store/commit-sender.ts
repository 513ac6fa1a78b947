import { backoffDelay, sleep, uuidv7, type Clock } from '../../kernel/index.js';
import { UnknownCommitOutcomeError } from '../errors/unknown-commit-outcome.error.js';
import { textOf } from './attributes.js';
import { cancellationReasons, isConditionFailed, isFatal } from './call-faults.js';
import { toTransactAction, type PlannedAction, type WritePlan } from './commit-plan.js';
import type { CancellationReason, Item } from './dynamodb-api.js';
import type { EventItems } from './event-items.js';

/** On top of the SDK's own, in milliseconds; together about ten seconds. */
const RETRY = { initialDelay: 25, maxDelay: 2_000, jitter: 'full' } as const;
const ATTEMPTS = 12;

/** What became of a plan: stored (perhaps by an earlier attempt), or refused by the actions listed. */
export type SendOutcome =
  | { readonly stored: true; readonly earlier: boolean }
  | { readonly stored: false; readonly refusedBy: readonly PlannedAction[] };

/** Sends one planned write until its outcome is known. */
export class CommitSender {
  constructor(
    private readonly items: EventItems,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownCommitOutcomeError} when no attempt was answered, and the table could not be asked either */
  async send(plan: WritePlan, commitId: string): Promise<SendOutcome> {
    const token = uuidv7();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.write(plan.actions, token);
        return { stored: true, earlier: attempt > 1 };
      } catch (error) {
        const refusal = await this.refusalOf(error, plan.actions, commitId).catch(() => undefined);
        if (refusal) return refusal;
        if (isFatal(error)) {
          // An earlier attempt may have stored it.
          if (attempt === 1 && triesOf(error) === 1) throw error;
          return this.resolve(plan.actions, commitId, error);
        }
        // Contention, throttling, a lost reply, or a refusal that could not be looked into: the same write again either lands, or meets what it wrote before.
        if (attempt >= ATTEMPTS) return this.resolve(plan.actions, commitId, error);
        await sleep(this.clock, backoffDelay(attempt, RETRY));
      }
    }
  }

  private write(actions: readonly PlannedAction[], token: string): Promise<unknown> {
    const { api, table } = this.items;
    const [only] = actions;
    if (actions.length === 1 && only?.item) {
      return api.putItem({
        TableName: table,
        Item: only.item,
        ...(only.condition !== undefined && { ConditionExpression: only.condition }),
        ...(only.values && { ExpressionAttributeValues: only.values }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
    }
    return api.transactWriteItems({
      TransactItems: actions.map((action) => toTransactAction(action, table)),
      ClientRequestToken: token,
    });
  }

  private async refusalOf(
    error: unknown,
    actions: readonly PlannedAction[],
    commitId: string,
  ): Promise<SendOutcome | undefined> {
    const reasons: readonly CancellationReason[] | undefined = isConditionFailed(error)
      ? [{ Code: 'ConditionalCheckFailed', ...itemOf(error) }]
      : cancellationReasons(error);
    if (!reasons) return undefined;
    const refusedBy: PlannedAction[] = [];
    for (const [index, action] of actions.entries()) {
      const reason = reasons[index];
      if (reason?.Code !== 'ConditionalCheckFailed') continue;
      if (action.item && (await this.isOurs(action, reason.Item, commitId))) return { stored: true, earlier: true };
      refusedBy.push(action);
    }
    return refusedBy.length > 0 ? { stored: false, refusedBy } : undefined;
  }

  /** Old servers do not say what is there instead. */
  private async isOurs({ key }: PlannedAction, found: Item | undefined, commitId: string): Promise<boolean> {
    const item = found && Object.keys(found).length > 0 ? found : await this.items.get(key);
    return textOf(item, 'cid') === commitId;
  }

  private async resolve(actions: readonly PlannedAction[], commitId: string, cause: unknown): Promise<SendOutcome> {
    const written = actions.find(({ item }) => item);
    try {
      if (written && (await this.isOurs(written, undefined, commitId))) return { stored: true, earlier: true };
    } catch {
      // Nothing can be said then.
    }
    throw new UnknownCommitOutcomeError(commitId, { cause });
  }
}

/** How often the SDK has sent the request by itself. */
const triesOf = (error: unknown): number => (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;

const itemOf = (error: unknown): { Item?: Item } => {
  const { Item } = error as { Item?: Item };
  return Item ? { Item } : {};
};
