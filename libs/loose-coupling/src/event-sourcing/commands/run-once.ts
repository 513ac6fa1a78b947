import type { InboxMark } from '../core/event-store.js';
import { HandlerRun } from '../core/handler-run.js';
import type { Inbox } from '../inbox/inbox.js';

/**
 * Runs `work` unless its mark is recorded. The first commit of `work` carries the mark in the same write.
 * @param repeated what to answer when the effect is there already
 */
export async function runOnce(
  inbox: Inbox,
  mark: InboxMark,
  work: () => Promise<unknown>,
  repeated: () => Promise<unknown>,
): Promise<unknown> {
  if (await inbox.has(mark)) return repeated();
  const run = new HandlerRun(inbox.stored?.(mark) ?? mark);
  try {
    const result = await run.execute(work);
    await run.settled();
    // Nothing was decided: that is remembered too.
    if (!run.recorded) await inbox.record(mark);
    return result;
  } catch (error) {
    await run.settled();
    // Another one was faster, which may also show as a conflict, or as a decision that the new state does not allow.
    if (!run.recorded && (run.duplicate || (await inbox.has(mark)))) return repeated();
    throw error;
  }
}
