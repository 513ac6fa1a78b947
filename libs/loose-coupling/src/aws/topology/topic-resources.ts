import type { SnsApi } from '../clients/aws-apis.js';
import { isInvalidParameter } from './aws-error-names.js';
import { isSameJson } from './event-filters.js';
import { OnceEach } from './once-each.js';

/** How a queue gets what is published to a topic. */
export interface SubscriptionAttributes {
  readonly filterPolicy: string | undefined;
  readonly deadLetterArn: string | undefined;
}

export interface TopicTags {
  readonly tags?: Readonly<Record<string, string>>;
  readonly kmsKeyId?: string;
}

/** Topics by their physical names. */
export class TopicResources {
  private readonly arns = new OnceEach();

  constructor(private readonly sns: SnsApi) {}

  /** ARN of a topic that is there. Topics cannot be looked up by name, so the first one that is not known lists them all. */
  async find(name: string): Promise<string | undefined> {
    const all = await this.arns.run('all', () => this.list());
    const known = all.get(name);
    if (known !== undefined) return known;
    // It may have been made since.
    this.arns.forget((key) => key === 'all');
    return (await this.arns.run('all', () => this.list())).get(name);
  }

  /** Making one that is there gives its ARN. */
  create(name: string, fifo: boolean, { tags, kmsKeyId }: TopicTags): Promise<string> {
    return this.arns.run(`topic ${name}`, async () => {
      const attributes: Record<string, string> = {
        ...(fifo && { FifoTopic: 'true', ContentBasedDeduplication: 'false' }),
        ...(kmsKeyId !== undefined && { KmsMasterKeyId: kmsKeyId }),
      };
      try {
        const { TopicArn = '' } = await this.sns.createTopic({ Name: name, Attributes: attributes });
        if (tags) await this.sns.tagResource({ ResourceArn: TopicArn, Tags: tagList(tags) });
        return TopicArn;
      } catch (error) {
        // It is there with a key of its own, which is not ours to change.
        const there = isInvalidParameter(error) ? await this.find(name) : undefined;
        if (there === undefined) throw error;
        return there;
      }
    });
  }

  /** Subscribes the queue, or brings the subscription that is there to these attributes. */
  async subscribe(topicArn: string, queueArn: string, wanted: SubscriptionAttributes): Promise<string> {
    const attributes = attributesOf(wanted);
    const found = await this.subscriptionOf(topicArn, queueArn);
    if (found !== undefined) return this.bringUpToDate(found, attributes);
    try {
      const { SubscriptionArn = '' } = await this.sns.subscribe({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        Attributes: attributes,
        ReturnSubscriptionArn: true,
      });
      return SubscriptionArn;
    } catch (error) {
      // Another instance was faster.
      const there = isInvalidParameter(error) ? await this.subscriptionOf(topicArn, queueArn) : undefined;
      if (there === undefined) throw error;
      return this.bringUpToDate(there, attributes);
    }
  }

  async subscriptionOf(topicArn: string, queueArn: string): Promise<string | undefined> {
    let token: string | undefined;
    do {
      const page = await this.sns.listSubscriptionsByTopic({ TopicArn: topicArn, ...(token && { NextToken: token }) });
      const found = page.Subscriptions?.find(({ Endpoint }) => Endpoint === queueArn);
      if (found?.SubscriptionArn) return found.SubscriptionArn;
      token = page.NextToken;
    } while (token);
    return undefined;
  }

  /** Names of the attributes that are not as wanted. */
  async differences(subscriptionArn: string, wanted: SubscriptionAttributes): Promise<string[]> {
    const { Attributes: there = {} } = await this.sns.getSubscriptionAttributes({ SubscriptionArn: subscriptionArn });
    return Object.entries(attributesOf(wanted))
      .filter(([name, value]) => !isSameJson(there[name], value))
      .map(([name]) => name);
  }

  unsubscribe(subscriptionArn: string): Promise<unknown> {
    return this.sns.unsubscribe({ SubscriptionArn: subscriptionArn });
  }

  private async bringUpToDate(arn: string, attributes: Record<string, string>): Promise<string> {
    const { Attributes: there = {} } = await this.sns.getSubscriptionAttributes({ SubscriptionArn: arn });
    const stale = Object.entries(attributes).filter(([name, value]) => !isSameJson(there[name], value));
    // A policy is read in its scope, so the scope goes first.
    for (const [AttributeName, AttributeValue] of stale.toSorted(
      ([one], [other]) => scopeFirst(one) - scopeFirst(other),
    )) {
      await this.sns.setSubscriptionAttributes({ SubscriptionArn: arn, AttributeName, AttributeValue });
    }
    if (attributes['FilterPolicy'] === undefined && there['FilterPolicy']) {
      await this.sns.setSubscriptionAttributes({
        SubscriptionArn: arn,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{}',
      });
    }
    return arn;
  }

  private async list(): Promise<Map<string, string>> {
    const arns = new Map<string, string>();
    let token: string | undefined;
    do {
      const page = await this.sns.listTopics(token ? { NextToken: token } : {});
      for (const { TopicArn } of page.Topics ?? [])
        if (TopicArn) arns.set(TopicArn.slice(TopicArn.lastIndexOf(':') + 1), TopicArn);
      token = page.NextToken;
    } while (token);
    return arns;
  }
}

const scopeFirst = (attribute: string): number => Number(attribute !== 'FilterPolicyScope');

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function attributesOf({ filterPolicy, deadLetterArn }: SubscriptionAttributes): Record<string, string> {
  return {
    RawMessageDelivery: 'true',
    ...(filterPolicy !== undefined && { FilterPolicyScope: 'MessageBody', FilterPolicy: filterPolicy }),
    ...(deadLetterArn !== undefined && { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn }) }),
  };
}
