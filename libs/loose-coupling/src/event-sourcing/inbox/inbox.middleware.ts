import { isLooseCouplingError } from '../../kernel/index.js';
import type { KeptAnswers, MessageContext, MessageMiddleware } from '../../messaging/index.js';
import { HandlerRun } from '../core/handler-run.js';
import { FailedAfterCommitError } from '../errors/failed-after-commit.error.js';
import type { InboxMark } from '../core/event-store.js';
import type { Inbox } from './inbox.js';

/**
 * Lets each message take effect once per handler: a message that was handled is acknowledged without a run, and the
 * first commit of a run takes the mark along in its transaction. So an error after that commit is final. Answers that could not be sent
 * are kept with the mark.
 */
export class InboxMiddleware implements MessageMiddleware, KeptAnswers {
  private readonly outrun = new WeakSet<MessageContext>();

  constructor(
    private readonly inbox: Inbox,
    /** Where tenants share a store: whose message it is. */
    private readonly tenantOf: () => string | undefined = () => undefined,
  ) {}

  async handle(context: MessageContext, _data: unknown, next: () => Promise<unknown>): Promise<unknown> {
    if (context.inbox === false) return next();
    const mark = this.markOf(context);
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
      if (run.duplicate) {
        this.outrun.add(context);
        return undefined;
      }
      throw run.recorded && !isFinal(error) ? new FailedAfterCommitError(mark, error) : error;
    }
  }

  async keep(context: MessageContext, answer: unknown): Promise<void> {
    if (context.inbox !== false) await this.inbox.keepAnswer?.(this.markOf(context), JSON.stringify({ answer }));
  }

  async find(context: MessageContext): Promise<{ readonly answer: unknown } | undefined> {
    const kept = context.inbox === false ? undefined : await this.inbox.answerOf?.(this.markOf(context));
    // Without a result there is no `answer` in it, which reads as none.
    return kept === undefined ? undefined : (JSON.parse(kept) as { readonly answer: unknown });
  }

  isOutrun(context: MessageContext): boolean {
    return this.outrun.has(context);
  }

  private markOf({ source, id, handler }: MessageContext): InboxMark {
    const tenant = this.tenantOf();
    const parts = tenant === undefined ? [source, id] : [source, id, tenant];
    return { consumer: handler, messageId: JSON.stringify(parts) };
  }
}

/** Says by itself that there will be no other attempt. */
const isFinal = (error: unknown): boolean => FINAL.some((code) => isLooseCouplingError(error, code));

const FINAL = ['LC_DISCARD', 'LC_DEAD_LETTER', 'LC_SECOND_COMMIT'];
