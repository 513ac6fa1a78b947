import type { EntryResult } from '../core/message-queue.js';
import type { SendingSpan } from '../core/message-tracer.js';

/** Within its span, which ends with it. */
export async function tracedSend<Sent>(
  span: SendingSpan,
  idOf: (sent: Sent) => string,
  send: () => Promise<Sent>,
): Promise<Sent> {
  try {
    const sent = await span.run(send);
    span.accepted({ id: idOf(sent) });
    return sent;
  } catch (error) {
    span.failed(error);
    throw error;
  }
}

/** A span for each entry, which ends with its own result. */
export async function tracedBatch<Sent>(
  spans: readonly SendingSpan[],
  idOf: (sent: Sent) => string,
  send: () => Promise<EntryResult<Sent>[]>,
): Promise<EntryResult<Sent>[]> {
  try {
    const results = await send();
    spans.forEach((span, index) => {
      const result = results[index];
      if (result?.ok) span.accepted({ id: idOf(result.value) });
      else span.failed(result?.error);
    });
    return results;
  } catch (error) {
    for (const span of spans) span.failed(error);
    throw error;
  }
}
