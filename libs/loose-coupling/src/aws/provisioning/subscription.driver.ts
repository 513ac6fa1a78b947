import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { isNotFound } from '../topology/aws-error-names.js';
import { pagesOf, unless, type ProvisioningApis } from './provisioning-apis.js';

type Arns = ReadonlyMap<string, string>;

/** A queue's subscription to a topic. */
export class SubscriptionDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ parents }: DesiredResource, arns: Arns): Promise<SeenResource | undefined> {
    const topic = arns.get(`topic:${parents?.topic}`);
    const queue = arns.get(`queue:${parents?.queue}`);
    if (topic === undefined || queue === undefined) return undefined;
    return await unless(isNotFound, () => this.find(topic, queue));
  }

  async create({ parents }: DesiredResource, properties: ResourceProperties, arns: Arns): Promise<SeenResource> {
    const { SubscriptionArn = '' } = await this.apis.sns.subscribe({
      TopicArn: arns.get(`topic:${parents?.topic}`),
      Protocol: 'sqs',
      Endpoint: arns.get(`queue:${parents?.queue}`),
      Attributes: { ...properties },
      ReturnSubscriptionArn: true,
    });
    return { arn: SubscriptionArn, properties };
  }

  async update(_: DesiredResource, changed: ResourceProperties, { arn }: SeenResource): Promise<void> {
    for (const [AttributeName, AttributeValue] of Object.entries(changed)) {
      await this.apis.sns.setSubscriptionAttributes({ SubscriptionArn: arn, AttributeName, AttributeValue });
    }
  }

  async remove(_: DesiredResource, { arn }: SeenResource): Promise<void> {
    await unless(isNotFound, () => this.apis.sns.unsubscribe({ SubscriptionArn: arn }));
  }

  private async find(topic: string, queue: string): Promise<SeenResource | undefined> {
    const { sns } = this.apis;
    for await (const { Subscriptions = [] } of pagesOf((next) =>
      sns.listSubscriptionsByTopic({ TopicArn: topic, ...next }),
    )) {
      const arn = Subscriptions.find(({ Endpoint }) => Endpoint === queue)?.SubscriptionArn;
      if (arn === undefined) continue;
      const { Attributes } = await sns.getSubscriptionAttributes({ SubscriptionArn: arn });
      return { arn, properties: (Attributes ?? {}) as Record<string, string> };
    }
    return undefined;
  }
}
