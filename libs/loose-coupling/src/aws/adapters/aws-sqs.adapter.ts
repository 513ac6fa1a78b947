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
import { OnceEach } from '../topology/once-each.js';
import { isForeignName } from '../topology/resource-names.js';
import type { AwsConnection } from '../transport/aws-connection.js';

/** Sends to queues of SQS; those of this application are made where the transport makes things. */
export class AwsSqsAdapter extends SqsAdapter {
  private readonly made = new OnceEach();

  constructor(
    private readonly connect: (connection?: string) => AwsConnection,
    private readonly transport: MessageTransport,
    private readonly connection?: string,
  ) {
    super();
  }

  override async send(queue: string, body: unknown, options: SqsSendOptions = {}): Promise<SqsSent> {
    return onlyValue(await this.sendBatch(queue, [{ body, ...options }]));
  }

  override sendBatch(queue: string, entries: readonly SqsEntry[]): Promise<EntryResult<SqsSent>[]> {
    return settleEntries(
      entries,
      ({ body, ...rest }): QueueEntry => ({ ...rest, body: encodeBody(`queue "${queue}"`, body) }),
      async (prepared) => {
        if (this.connection === undefined && !isForeignName(queue)) {
          await this.made.run(queue, () => this.transport.provision(adapterQueue(queue)));
        }
        return this.messages(queue).send(prepared);
      },
    );
  }

  override messages(queue: string): MessageQueue {
    return this.connect(this.connection).queue(queue);
  }

  override on(connection: string): SqsAdapter {
    return new AwsSqsAdapter(this.connect, this.transport, connection);
  }
}
