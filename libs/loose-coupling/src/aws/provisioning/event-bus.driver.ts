import type { DesiredResource, ResourceDriver, SeenResource } from '../../provisioning/index.js';
import { isNotFound } from '../topology/aws-error-names.js';
import { tagList, unless, type ProvisioningApis } from './provisioning-apis.js';

export class EventBusDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const found = await unless(isNotFound, () => this.apis.events.describeEventBus({ Name: name }));
    return found?.Arn === undefined ? undefined : { arn: found.Arn, properties: {} };
  }

  async create({ name }: DesiredResource): Promise<SeenResource> {
    const { events, tags } = this.apis;
    const { EventBusArn = '' } = await events.createEventBus({ Name: name, Tags: tagList(tags) });
    return { arn: EventBusArn, properties: {} };
  }

  async update(): Promise<void> {
    // There is nothing that the file could say of it.
  }

  async remove({ name }: DesiredResource): Promise<void> {
    await this.apis.events.deleteEventBus({ Name: name });
  }
}
