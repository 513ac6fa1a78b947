import { uuidv7 } from '../../kernel/index.js';
import type { LocalBroker, TopicEntry } from '../broker/local-broker.js';
import type { EntryResult } from '../core/message-queue.js';
import { encodeBody } from './encode-body.js';
import { localName } from './local-sqs.adapter.js';
import { onlyValue, settleEntries } from './settle-entries.js';
import { SnsAdapter, type SnsEntry, type SnsPublished, type SnsPublishOptions } from './sns.adapter.js';

/** Publishes to topics of the embedded broker, which are made when they are first published to. */
export class LocalSnsAdapter extends SnsAdapter {
  private readonly made = new Set<string>();

  constructor(private readonly broker: LocalBroker) {
    super();
  }

  override async publish(topic: string, message: unknown, options: SnsPublishOptions = {}): Promise<SnsPublished> {
    return onlyValue(await this.publishBatch(topic, [{ message, ...options }]));
  }

  override publishBatch(topic: string, entries: readonly SnsEntry[]): Promise<EntryResult<SnsPublished>[]> {
    const name = localName(topic).replace(/\.fifo$/, '');
    return settleEntries(
      entries,
      ({ message, attributes, groupId, deduplicationId = uuidv7() }): TopicEntry => ({
        body: encodeBody(`topic "${name}"`, message),
        deduplicationId,
        ...(attributes && { attributes }),
        ...(groupId !== undefined && { groupId }),
      }),
      async (prepared) => {
        if (!this.made.has(name)) await this.broker.createTopic(name);
        this.made.add(name);
        return this.broker.publishToTopic(name, prepared);
      },
    );
  }

  override on(): SnsAdapter {
    return this;
  }
}
