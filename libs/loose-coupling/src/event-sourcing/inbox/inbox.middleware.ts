import { isLooseCouplingError } from '../../kernel/index.js';
import type { MessageContext, MessageMiddleware } from '../../messaging/index.js';
import { HandlerRun } from '../core/handler-run.js';
import { FailedAfterCommitError } from '../errors/failed-after-commit.error.js';
import type { Inbox } from './inbox.js';

/**
 * Lets each message take effect once per handler: a message that was handled is acknowledged without a run, and the
 * first commit of a run takes the mark along in its transaction. So an error after that commit is final.
 */
export class InboxMiddleware implements MessageMiddleware {
  constructor(
    private readonly inbox: Inbox,
    /** Where tenants share a store: whose message it is. */
    private readonly tenantOf: () => string | undefined = () => undefined,
  ) {}

  async handle(context: MessageContext, _data: unknown, next: () => Promise<unknown>): Promise<unknown> {
    if (context.inbox === false) return next();
    const tenant = this.tenantOf();
    const parts = tenant === undefined ? [context.source, context.id] : [context.source, context.id, tenant];
    const mark = { consumer: context.handler, messageId: JSON.stringify(parts) };
    if (await this.inbox.has(mark)) return undefined;
    const run = new HandlerRun(mark);
    try {
      const result = await run.execute(next);
      // A commit that the handler has not waited for carries the mark, and would be refused for one that is there.
      await run.settled();
      if (!run.recorded) await this.inbox.record(mark);
      return result;
    } catch (error) {
      await run.settled();
      // Two deliveries raced, and the other one has taken effect.
      if (run.duplicate) return undefined;
      throw run.recorded && !isFinal(error) ? new FailedAfterCommitError(mark, error) : error;
    }
  }
}

/** Says by itself that there will be no other attempt. */
const isFinal = (error: unknown): boolean => FINAL.some((code) => isLooseCouplingError(error, code));

const FINAL = ['LC_DISCARD', 'LC_DEAD_LETTER', 'LC_SECOND_COMMIT'];
