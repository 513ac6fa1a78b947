import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { isNoSuchEntity } from '../topology/aws-error-names.js';
import { tagList, unless, type ProvisioningApis } from './provisioning-apis.js';

/** A role with one policy of its own, which has its name. */
export class RoleDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const { iam } = this.apis;
    const found = await unless(isNoSuchEntity, () => iam.getRole({ RoleName: name }));
    if (found?.Role?.Arn === undefined) return undefined;
    const own = await unless(isNoSuchEntity, () => iam.getRolePolicy({ RoleName: name, PolicyName: name }));
    const { Arn, AssumeRolePolicyDocument: trust } = found.Role;
    return {
      arn: Arn,
      properties: {
        ...(trust !== undefined && { AssumeRolePolicyDocument: decodeURIComponent(trust) }),
        ...(own?.PolicyDocument !== undefined && { Policy: decodeURIComponent(own.PolicyDocument) }),
      },
    };
  }

  async create({ name }: DesiredResource, properties: ResourceProperties): Promise<SeenResource> {
    const { iam, tags } = this.apis;
    const { AssumeRolePolicyDocument, Policy } = properties;
    const { Role } = await iam.createRole({ RoleName: name, AssumeRolePolicyDocument, Tags: tagList(tags) });
    await iam.putRolePolicy({ RoleName: name, PolicyName: name, PolicyDocument: Policy });
    return { arn: Role?.Arn ?? '', properties };
  }

  async update({ name }: DesiredResource, changed: ResourceProperties): Promise<void> {
    const { AssumeRolePolicyDocument: trust, Policy } = changed;
    if (trust !== undefined) await this.apis.iam.updateAssumeRolePolicy({ RoleName: name, PolicyDocument: trust });
    if (Policy !== undefined)
      await this.apis.iam.putRolePolicy({ RoleName: name, PolicyName: name, PolicyDocument: Policy });
  }

  async remove({ name }: DesiredResource): Promise<void> {
    const { iam } = this.apis;
    await unless(isNoSuchEntity, () => iam.deleteRolePolicy({ RoleName: name, PolicyName: name }));
    await unless(isNoSuchEntity, () => iam.deleteRole({ RoleName: name }));
  }
}
