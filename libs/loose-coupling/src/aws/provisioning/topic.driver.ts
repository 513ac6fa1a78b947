import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { isNotFound } from '../topology/aws-error-names.js';
import { pagesOf, tagList, unchangeable, unless, type ProvisioningApis } from './provisioning-apis.js';

export class TopicDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const { sns } = this.apis;
    for await (const { Topics = [] } of pagesOf((next) => sns.listTopics(next))) {
      const arn = Topics.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`))?.TopicArn;
      if (arn === undefined) continue;
      const found = await unless(isNotFound, () => sns.getTopicAttributes({ TopicArn: arn }));
      return found && { arn, properties: (found.Attributes ?? {}) as Record<string, string> };
    }
    return undefined;
  }

  async create({ name }: DesiredResource, properties: ResourceProperties): Promise<SeenResource> {
    const { sns, tags } = this.apis;
    const { TopicArn = '' } = await sns.createTopic({ Name: name, Attributes: { ...properties }, Tags: tagList(tags) });
    return { arn: TopicArn, properties };
  }

  async update({ name }: DesiredResource, changed: ResourceProperties, { arn }: SeenResource): Promise<void> {
    if ('FifoTopic' in changed) unchangeable(name, changed);
    for (const [AttributeName, AttributeValue] of Object.entries(changed)) {
      await this.apis.sns.setTopicAttributes({ TopicArn: arn, AttributeName, AttributeValue });
    }
  }

  async remove(_: DesiredResource, { arn }: SeenResource): Promise<void> {
    await this.apis.sns.deleteTopic({ TopicArn: arn });
  }
}
