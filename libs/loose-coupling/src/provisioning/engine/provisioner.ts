import { ProvisioningFailedError } from '../errors/provisioning-failed.error.js';
import {
  labelOf,
  resolveArns,
  type DesiredResource,
  type ResourceProperties,
  type SeenResource,
} from '../model/resource.js';
import { compare, type PropertyChange } from './compare.js';
import type { ResourceDrivers } from './resource-driver.js';

export type ChangeAction = 'create' | 'update' | 'remove' | 'none';

/** What is, or would be, done with one resource. */
export interface ResourceChange {
  readonly action: ChangeAction;
  readonly resource: DesiredResource;
  readonly differences: readonly PropertyChange[];
  /** Absent while it is not there. */
  readonly arn?: string;
  readonly url?: string;
  /** Settings as they are on AWS, all of them. */
  readonly seen?: ResourceProperties;
}

/** Told before each step: progress on long work. */
export type Progress = (step: string, number: number, of: number) => void;

/** Brings AWS to what a file says, one resource after the other, each read before it is written: so it can be run again at any time. */
export class Provisioner {
  private readonly arns = new Map<string, string>();

  constructor(
    private readonly drivers: ResourceDrivers,
    private readonly progress: Progress = () => undefined,
  ) {}

  /** What `implement` would do. Changes nothing. */
  async plan(resources: readonly DesiredResource[]): Promise<ResourceChange[]> {
    const changes: ResourceChange[] = [];
    for (const [index, resource] of resources.entries()) {
      this.progress(`read ${labelOf(resource)}`, index + 1, resources.length);
      changes.push(this.changeOf(resource, await this.read(resource)));
    }
    return changes;
  }

  /** @throws {ProvisioningFailedError} saying what was done before */
  async implement(resources: readonly DesiredResource[]): Promise<ResourceChange[]> {
    const changes: ResourceChange[] = [];
    for (const [index, resource] of resources.entries()) {
      this.progress(`make ${labelOf(resource)}`, index + 1, resources.length);
      await this.step(`make ${labelOf(resource)}`, changes, async () => this.bring(resource));
    }
    return changes;
  }

  /** Removes what the file names, the last made first. @throws {ProvisioningFailedError} */
  async destroy(resources: readonly DesiredResource[]): Promise<ResourceChange[]> {
    const changes: ResourceChange[] = [];
    // First all: to find a subscription its topic has to be known.
    const seen = new Map<DesiredResource, SeenResource>();
    for (const resource of resources) {
      const found = await this.read(resource);
      if (found) seen.set(resource, found);
    }
    for (const [index, resource] of resources.toReversed().entries()) {
      this.progress(`remove ${labelOf(resource)}`, index + 1, resources.length);
      await this.step(`remove ${labelOf(resource)}`, changes, async () => {
        const found = seen.get(resource);
        if (found) await this.drivers[resource.kind].remove(resource, found);
        return { action: found ? 'remove' : 'none', resource, differences: [] };
      });
    }
    return changes;
  }

  private async bring(resource: DesiredResource): Promise<ResourceChange> {
    const driver = this.drivers[resource.kind];
    const change = this.changeOf(resource, await this.read(resource));
    if (change.action === 'create') {
      return { ...change, ...identityOf(await this.create(resource)) };
    }
    if (change.action === 'update') {
      const seen = await this.read(resource);
      const changed = Object.fromEntries(change.differences.map(({ property, to }) => [property, to ?? '']));
      if (seen) await driver.update(resource, changed, seen);
    }
    return change;
  }

  /** Account and region are known once the first is there; what has them in it is set then. */
  private async create(resource: DesiredResource): Promise<SeenResource> {
    const driver = this.drivers[resource.kind];
    const known = this.resolved(resource.properties);
    const seen = await driver.create(resource, known, this.arns);
    this.remember(resource, seen);
    const later = Object.keys(resource.properties).filter((property) => !(property in known));
    if (later.length === 0) return seen;
    const all = this.resolved(resource.properties);
    for (const property of later) {
      if (all[property] === undefined)
        throw new Error(`${property} names something that is not there: ${resource.properties[property]}`);
    }
    await driver.update(resource, Object.fromEntries(later.map((property) => [property, all[property] ?? ''])), seen);
    return seen;
  }

  private async read(resource: DesiredResource): Promise<SeenResource | undefined> {
    const seen = await this.drivers[resource.kind].read(resource, this.arns);
    if (seen) this.remember(resource, seen);
    return seen;
  }

  private changeOf(resource: DesiredResource, seen: SeenResource | undefined): ResourceChange {
    if (!seen) return { action: 'create', resource, differences: [] };
    const differences = compare(resource, seen, this.arns);
    return { action: differences.length > 0 ? 'update' : 'none', resource, differences, ...identityOf(seen) };
  }

  /** Without those that name something that is not known yet. */
  private resolved(properties: ResourceProperties): ResourceProperties {
    return Object.fromEntries(
      Object.entries(properties).flatMap(([property, value]) => {
        const resolved = resolveArns(value, this.arns);
        return resolved === undefined ? [] : [[property, resolved]];
      }),
    );
  }

  private remember({ kind, name }: DesiredResource, { arn }: SeenResource): void {
    this.arns.set(`${kind}:${name}`, arn);
    const [, partition = '', , region = '', account = ''] = arn.split(':');
    this.arns.set('aws:partition', partition).set('aws:account', account);
    // Roles are of no region.
    if (region !== '') this.arns.set('aws:region', region);
  }

  private async step(name: string, changes: ResourceChange[], work: () => Promise<ResourceChange>): Promise<void> {
    try {
      changes.push(await work());
    } catch (error) {
      const done = changes
        .filter(({ action }) => action !== 'none')
        .map(({ action, resource }) => `${action} ${labelOf(resource)}`);
      throw new ProvisioningFailedError(name, done, error);
    }
  }
}

const identityOf = ({ arn, url, properties }: SeenResource): Pick<ResourceChange, 'arn' | 'url' | 'seen'> => ({
  arn,
  seen: properties,
  ...(url !== undefined && { url }),
});
