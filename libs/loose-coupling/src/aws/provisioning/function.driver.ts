import type { Runtime } from '@aws-sdk/client-lambda';
import { sleep, SystemClock, type Clock } from '../../kernel/index.js';
import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { isNotFound, isRoleNotReady } from '../topology/aws-error-names.js';
import { unless, type ProvisioningApis } from './provisioning-apis.js';

/** A role that was just made is known to Lambda after some seconds. */
const PAUSE = 1_000;
const ATTEMPTS = 60;

/** A Lambda function with its code. */
export class FunctionDriver implements ResourceDriver {
  constructor(
    private readonly apis: Pick<ProvisioningApis, 'lambda' | 'tags'>,
    private readonly clock: Clock = new SystemClock(),
  ) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const found = await unless(isNotFound, () => this.apis.lambda.getFunction({ FunctionName: name }));
    if (found?.Configuration?.FunctionArn === undefined) return undefined;
    const { FunctionArn, CodeSha256, Description, Environment, Handler, MemorySize, Role, Runtime, Timeout } =
      found.Configuration;
    return {
      arn: FunctionArn,
      properties: {
        CodeSha256: CodeSha256 ?? '',
        Description: Description ?? '',
        Environment: JSON.stringify(Environment?.Variables ?? {}),
        Handler: Handler ?? '',
        MemorySize: String(MemorySize),
        Role: Role ?? '',
        Runtime: Runtime ?? '',
        Timeout: String(Timeout),
      },
    };
  }

  async create({ name, code }: DesiredResource, properties: ResourceProperties): Promise<SeenResource> {
    const { lambda, tags } = this.apis;
    const made = await this.whenRoleIsKnown(() =>
      lambda.createFunction({
        FunctionName: name,
        Code: { ZipFile: code?.zip },
        Tags: { ...tags },
        Role: properties['Role'],
        ...configurationOf(properties),
      }),
    );
    await this.untilSettled(name);
    return { arn: made.FunctionArn ?? '', properties };
  }

  async update({ name, code }: DesiredResource, changed: ResourceProperties, { properties }: SeenResource) {
    const { lambda } = this.apis;
    const { CodeSha256, ...configuration } = changed;
    if (CodeSha256 !== undefined) {
      await lambda.updateFunctionCode({ FunctionName: name, ZipFile: code?.zip });
      await this.untilSettled(name);
    }
    if (Object.keys(configuration).length === 0) return;
    const all = { ...properties, ...configuration };
    await this.whenRoleIsKnown(() =>
      lambda.updateFunctionConfiguration({ FunctionName: name, Role: all['Role'], ...configurationOf(all) }),
    );
    await this.untilSettled(name);
  }

  async remove({ name }: DesiredResource): Promise<void> {
    await unless(isNotFound, () => this.apis.lambda.deleteFunction({ FunctionName: name }));
  }

  private async whenRoleIsKnown<Result>(call: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (!isRoleNotReady(error) || attempt === ATTEMPTS) throw error;
        await sleep(this.clock, PAUSE);
      }
    }
  }

  /** While one change is being made, Lambda refuses the next. */
  private async untilSettled(name: string): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { Configuration } = await this.apis.lambda.getFunction({ FunctionName: name });
      const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = Configuration ?? {};
      if (State === 'Failed') throw new Error(`function ${name} does not start: ${StateReason}`);
      if (LastUpdateStatus === 'Failed') throw new Error(`function ${name}: ${LastUpdateStatusReason}`);
      if (State !== 'Pending' && LastUpdateStatus !== 'InProgress') return;
      await sleep(this.clock, PAUSE);
    }
    throw new Error(`function ${name} was not ready after ${(ATTEMPTS * PAUSE) / 1_000} seconds`);
  }
}

const configurationOf = ({ Description, Environment, Handler, MemorySize, Runtime, Timeout }: ResourceProperties) => ({
  Description,
  Environment: { Variables: JSON.parse(Environment ?? '{}') as Record<string, string> },
  Handler,
  MemorySize: Number(MemorySize),
  Runtime: Runtime as Runtime,
  Timeout: Number(Timeout),
});
