import type { DesiredResource, ResourceKind, ResourceProperties, SeenResource } from '../model/resource.js';

/** Reads and writes one kind of resource. Properties that are given have their ARNs. */
export interface ResourceDriver {
  /** Undefined when there is none of this name. */
  read(resource: DesiredResource, arns: ReadonlyMap<string, string>): Promise<SeenResource | undefined>;
  create(
    resource: DesiredResource,
    properties: ResourceProperties,
    arns: ReadonlyMap<string, string>,
  ): Promise<SeenResource>;
  /** Sets what differs; properties that cannot be changed reject. */
  update(resource: DesiredResource, changed: ResourceProperties, seen: SeenResource): Promise<void>;
  remove(resource: DesiredResource, seen: SeenResource): Promise<void>;
}

export type ResourceDrivers = Readonly<Record<ResourceKind, ResourceDriver>>;
