import {
  adapterQueue,
  encodeBody,
  type EntryResult,
  type MessageQueue,
  type MessageTransport,
  onlyValue,
  type QueueEntry,
  settleEntries,
  SqsAdapter,
  type SqsEntry,
  type SqsSendOptions,
  type SqsSent,
} from '../../messaging/index.js';
import { OnceOpen } from '../publishing/once-open.js';
import { OnceEach } from '../topology/once-each.js';
import { isForeignName } from '../topology/resource-names.js';
import type { AwsConnection } from '../transport/aws-connection.js';

/** Sends to queues of SQS; those of this application are made where the transport makes things. */
export class AwsSqsAdapter extends SqsAdapter {
  private readonly made = new OnceEach();
  private readonly ready = new Map<string, OnceOpen<unknown>>();

  constructor(
    private readonly connect: (connection?: string) => AwsConnection,
    private readonly transport: MessageTransport,
    private readonly connection?: string,
  ) {
    super();
  }

  override async send(queue: string, body: unknown, options: SqsSendOptions = {}): Promise<SqsSent> {
    return onlyValue(await this.sendPrepared(queue, [this.prepare(queue, { ...options, body })]));
  }

  override sendBatch(queue: string, entries: readonly SqsEntry[]): Promise<EntryResult<SqsSent>[]> {
    return settleEntries(
      entries,
      (entry) => this.prepare(queue, entry),
      (prepared) => this.sendPrepared(queue, prepared),
    );
  }

  override messages(queue: string): MessageQueue {
    return this.connect(this.connection).queue(queue);
  }

  private prepare(queue: string, { body, ...rest }: SqsEntry): QueueEntry {
    return { ...rest, body: encodeBody(`queue "${queue}"`, body) };
  }

  private sendPrepared(queue: string, prepared: readonly QueueEntry[]): Promise<EntryResult<SqsSent>[]> {
    if (this.connection !== undefined || isForeignName(queue)) return this.messages(queue).send(prepared);
    let made = this.ready.get(queue);
    if (!made) this.ready.set(queue, (made = new OnceOpen()));
    return made.run(
      () => this.made.run(queue, () => this.transport.provision(adapterQueue(queue))),
      () => this.messages(queue).send(prepared),
    );
  }

  override on(connection: string): SqsAdapter {
    return new AwsSqsAdapter(this.connect, this.transport, connection);
  }
}
