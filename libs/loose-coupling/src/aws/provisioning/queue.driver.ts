import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { isQueueMissing } from '../topology/aws-error-names.js';
import { unchangeable, unless, type ProvisioningApis } from './provisioning-apis.js';

const FIXED = ['FifoQueue'];

export class QueueDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const { sqs } = this.apis;
    const url = await unless(isQueueMissing, async () => (await sqs.getQueueUrl({ QueueName: name })).QueueUrl);
    if (url === undefined) return undefined;
    const found = await unless(isQueueMissing, () =>
      sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const attributes = found?.Attributes as Record<string, string> | undefined;
    return attributes && { arn: attributes['QueueArn'] ?? '', url, properties: attributes };
  }

  async create(resource: DesiredResource, properties: ResourceProperties): Promise<SeenResource> {
    await this.apis.sqs.createQueue({
      QueueName: resource.name,
      Attributes: { ...properties },
      tags: { ...this.apis.tags },
    });
    const seen = await this.read(resource);
    if (!seen) throw new Error(`queue ${resource.name} was made, and is not there`);
    return seen;
  }

  async update(
    { name }: DesiredResource,
    changed: ResourceProperties,
    { url, properties: { Policy } }: SeenResource,
  ): Promise<void> {
    if (FIXED.some((property) => property in changed)) unchangeable(name, changed);
    // AWS leaves a policy that is not named as it is; not every emulator does.
    const Attributes = { ...(Policy !== undefined && { Policy }), ...changed };
    await this.apis.sqs.setQueueAttributes({ QueueUrl: url, Attributes });
  }

  async remove(_: DesiredResource, { url }: SeenResource): Promise<void> {
    await unless(isQueueMissing, () => this.apis.sqs.deleteQueue({ QueueUrl: url }));
  }
}
