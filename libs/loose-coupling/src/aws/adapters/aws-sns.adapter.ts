import {
  encodeBody,
  type EntryResult,
  onlyValue,
  settleEntries,
  SnsAdapter,
  type SnsEntry,
  type SnsPublished,
  type SnsPublishOptions,
  UnknownTopicError,
} from '../../messaging/index.js';
import type { Notification } from '../sns/notification.js';
import type { AwsTopology } from '../topology/aws-topology.js';
import type { AwsConnection } from '../transport/aws-connection.js';

/** Publishes to topics of SNS; those of this application are made where the transport makes things. */
export class AwsSnsAdapter extends SnsAdapter {
  constructor(
    private readonly connect: (connection?: string) => AwsConnection,
    private readonly topology: AwsTopology,
    private readonly connection?: string,
  ) {
    super();
  }

  override async publish(topic: string, message: unknown, options: SnsPublishOptions = {}): Promise<SnsPublished> {
    return onlyValue(await this.publishBatch(topic, [{ message, ...options }]));
  }

  override publishBatch(topic: string, entries: readonly SnsEntry[]): Promise<EntryResult<SnsPublished>[]> {
    return settleEntries(
      entries,
      ({ message, ...rest }): Notification => ({ ...rest, message: encodeBody(`topic "${topic}"`, message) }),
      async (prepared) => this.connect(this.connection).sns.publish(await this.arnOf(topic), prepared),
    );
  }

  override on(connection: string): SnsAdapter {
    return new AwsSnsAdapter(this.connect, this.topology, connection);
  }

  private async arnOf(topic: string): Promise<string> {
    if (topic.startsWith('arn:')) return topic;
    const arn = await this.topology.topicArn(topic, topic.endsWith('.fifo'));
    if (arn === undefined) throw new UnknownTopicError(topic);
    return arn;
  }
}
