import { closeAtOnce, type Clock } from '../../kernel/index.js';
import type { MessageQueue } from '../../messaging/index.js';
import type { AwsClients } from '../clients/aws-clients.js';
import { EventBridgePublisher } from '../eventbridge/eventbridge-publisher.js';
import { SqsEntrySender } from '../publishing/sqs-entry-sender.js';
import type { ClaimCheck } from '../s3/claim-check.js';
import { SnsPublisher } from '../sns/sns-publisher.js';
import { QueueUrls } from '../sqs/queue-urls.js';
import type { OpenReceiver } from '../sqs/receivers/choose-receiver.js';
import { SqsMessageQueue, type SqsMessageQueueOptions } from '../sqs/sqs-message-queue.js';
import type { ResourceNames } from '../topology/resource-names.js';
import type { AwsTransportOptions } from './aws-transport.options.js';

export interface AwsConnectionSettings {
  readonly clients: AwsClients;
  readonly names: ResourceNames;
  readonly claimCheck: ClaimCheck | undefined;
  readonly clock: Clock;
  readonly settings: Pick<AwsTransportOptions, 'publisher'>;
  /** One of `aws.connections`; undefined for the application's own. */
  readonly connection: string | undefined;
  readonly openReceiver: OpenReceiver;
  /** For what SQS cannot delay for so long, or at all. */
  readonly schedule: NonNullable<SqsMessageQueueOptions['schedule']>;
}

/** What goes over one connection to AWS; each part is made when it is first used. */
export class AwsConnection {
  private readonly queues = new Map<string, SqsMessageQueue>();
  private urls: QueueUrls | undefined;
  private publishers: { sns?: SnsPublisher; eventBridge?: EventBridgePublisher } = {};

  constructor(private readonly options: AwsConnectionSettings) {}

  queue(name: string): MessageQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const { clients, names, clock, settings, connection, claimCheck } = this.options;
    const fifo = name.endsWith('.fifo');
    this.urls ??= new QueueUrls(clients.sqs(connection), names);
    const queue = new SqsMessageQueue({
      name,
      fifo,
      api: clients.sqs(connection),
      urls: this.urls,
      openReceiver: () => this.options.openReceiver(clients.sqsReceiving(connection), fifo),
      claimCheck,
      schedule: this.options.schedule,
      openSender: (url) =>
        new SqsEntrySender({
          api: clients.sqs(connection),
          queue: name,
          url,
          clock,
          ...(settings.publisher && { publisher: settings.publisher }),
        }),
    });
    this.queues.set(name, queue);
    return queue;
  }

  get sns(): SnsPublisher {
    const { clients, connection, clock, settings } = this.options;
    return (this.publishers.sns ??= new SnsPublisher({
      api: clients.sns(connection),
      clock,
      ...(settings.publisher && { publisher: settings.publisher }),
    }));
  }

  get eventBridge(): EventBridgePublisher {
    const { clients, connection, clock, settings } = this.options;
    return (this.publishers.eventBridge ??= new EventBridgePublisher({
      api: clients.eventBridge(connection),
      clock,
      ...(settings.publisher && { publisher: settings.publisher }),
    }));
  }

  /** A queue that is about to be deleted. */
  async forget(name: string): Promise<void> {
    const queue = this.queues.get(name);
    this.queues.delete(name);
    this.urls?.forget(name);
    await queue?.close();
  }

  async close(): Promise<void> {
    const { sns, eventBridge } = this.publishers;
    await closeAtOnce([sns, eventBridge, ...this.queues.values()]);
  }
}
