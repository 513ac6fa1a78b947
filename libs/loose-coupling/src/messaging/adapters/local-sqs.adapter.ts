import { uuidv7 } from '../../kernel/index.js';
import type { LocalBroker } from '../broker/local-broker.js';
import type { EntryResult, MessageQueue, QueueEntry } from '../core/message-queue.js';
import type { MessageTransport } from '../core/message-transport.js';
import { adapterQueue } from './adapter-resources.js';
import { encodeBody } from './encode-body.js';
import { onlyValue, settleEntries } from './settle-entries.js';
import { SqsAdapter, type SqsEntry, type SqsSendOptions, type SqsSent } from './sqs.adapter.js';

/** Sends to queues of the embedded broker, which are made when they are first sent to. */
export class LocalSqsAdapter extends SqsAdapter {
  private readonly made = new Set<string>();

  constructor(
    private readonly broker: LocalBroker,
    private readonly transport: MessageTransport,
  ) {
    super();
  }

  override async send(queue: string, body: unknown, options: SqsSendOptions = {}): Promise<SqsSent> {
    return onlyValue(await this.sendBatch(queue, [{ body, ...options }]));
  }

  override sendBatch(queue: string, entries: readonly SqsEntry[]): Promise<EntryResult<SqsSent>[]> {
    const name = localName(queue);
    return settleEntries(
      entries,
      (entry) => prepare(name, entry),
      async (prepared) => {
        if (!this.made.has(name)) await this.transport.provision(adapterQueue(name));
        this.made.add(name);
        return this.broker.queue(name).send(prepared);
      },
    );
  }

  override messages(queue: string): MessageQueue {
    return this.broker.queue(localName(queue));
  }

  /** There is one broker, whatever the connection. */
  override on(): SqsAdapter {
    return this;
  }
}

/** The last part of a URL or ARN, so that what names a queue of another account works here too. */
export const localName = (name: string): string =>
  name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1);

function prepare(queue: string, { body, deduplicationId, ...rest }: SqsEntry): QueueEntry {
  const id = deduplicationId ?? (queue.endsWith('.fifo') ? uuidv7() : undefined);
  return { ...rest, body: encodeBody(`queue "${queue}"`, body), ...(id !== undefined && { deduplicationId: id }) };
}
