import type { Target } from '@aws-sdk/client-eventbridge';
import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { isNotFound } from '../topology/aws-error-names.js';
import { pagesOf, tagList, unless, type ProvisioningApis } from './provisioning-apis.js';

/** A rule with its targets, which are one of its properties here. */
export class RuleDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name, parents }: DesiredResource): Promise<SeenResource | undefined> {
    const EventBusName = parents?.bus;
    const found = await unless(isNotFound, () => this.apis.events.describeRule({ Name: name, EventBusName }));
    if (found?.Arn === undefined) return undefined;
    const { EventPattern = '', Description = '', State = '', Arn } = found;
    const targets = await this.targets(name, EventBusName);
    return { arn: Arn, properties: { EventPattern, Description, State, Targets: JSON.stringify(targets) } };
  }

  async create(resource: DesiredResource, properties: ResourceProperties): Promise<SeenResource> {
    const { name, parents } = resource;
    const { EventPattern, Description, Targets } = properties;
    const { RuleArn = '' } = await this.apis.events.putRule({
      Name: name,
      EventBusName: parents?.bus,
      EventPattern,
      Description,
      State: 'ENABLED',
      Tags: tagList(this.apis.tags),
    });
    await this.setTargets(resource, Targets ?? '[]', '[]');
    return { arn: RuleArn, properties };
  }

  async update(resource: DesiredResource, changed: ResourceProperties, { properties }: SeenResource): Promise<void> {
    const { name, parents } = resource;
    const { EventPattern, Description } = { ...properties, ...changed };
    const { Targets, ...own } = changed;
    if (Object.keys(own).length > 0) {
      await this.apis.events.putRule({
        Name: name,
        EventBusName: parents?.bus,
        EventPattern,
        Description,
        State: 'ENABLED',
      });
    }
    if (Targets !== undefined) await this.setTargets(resource, Targets, properties['Targets'] ?? '[]');
  }

  async remove(resource: DesiredResource, { properties }: SeenResource): Promise<void> {
    await this.setTargets(resource, '[]', properties['Targets'] ?? '[]');
    await this.apis.events.deleteRule({ Name: resource.name, EventBusName: resource.parents?.bus });
  }

  private async targets(name: string, bus: string | undefined): Promise<Target[]> {
    const all: Target[] = [];
    const read = (next: { NextToken?: string }) =>
      this.apis.events.listTargetsByRule({ Rule: name, EventBusName: bus, ...next });
    for await (const { Targets = [] } of pagesOf(read)) all.push(...Targets);
    return all.toSorted(({ Id: one = '' }, { Id: other = '' }) => (one < other ? -1 : 1));
  }

  private async setTargets({ name, parents }: DesiredResource, wanted: string, seen: string): Promise<void> {
    const rule = { Rule: name, EventBusName: parents?.bus };
    const Targets = JSON.parse(wanted) as Target[];
    const kept = new Set(Targets.map(({ Id }) => Id));
    const Ids = (JSON.parse(seen) as Target[]).flatMap(({ Id }) => (Id === undefined || kept.has(Id) ? [] : [Id]));
    if (Ids.length > 0) await this.apis.events.removeTargets({ ...rule, Ids });
    if (Targets.length === 0) return;
    const { FailedEntries = [] } = await this.apis.events.putTargets({ ...rule, Targets });
    for (const { TargetId, ErrorCode, ErrorMessage } of FailedEntries) {
      throw new Error(`target ${TargetId} was refused: ${ErrorCode} ${ErrorMessage}`);
    }
  }
}
