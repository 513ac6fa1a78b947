import { functionCode, type DesiredResource } from '../../provisioning/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { LambdaApi } from '../clients/aws-apis.js';
import { FunctionDriver } from './function.driver.js';

const PROPERTIES = {
  CodeSha256: 'x',
  Description: 'x',
  Environment: '{}',
  Handler: 'index.handler',
  MemorySize: '256',
  Role: 'arn:role',
  Runtime: 'nodejs22.x',
  Timeout: '30',
};
const resource: DesiredResource = {
  kind: 'function',
  name: 'breaker',
  of: 'breaker',
  properties: PROPERTIES,
  code: functionCode(''),
};

const notReady = (): Error =>
  Object.assign(new Error('The role defined for the function cannot be assumed by Lambda.'), {
    name: 'InvalidParameterValueException',
  });

/** A Lambda that does not know the role at first, and takes its time. */
function slowLambda({ refusals = 0, pending = 0, state = 'Active' }): { calls: string[]; api: LambdaApi } {
  const calls: string[] = [];
  let refused = 0;
  let asked = 0;
  const api = {
    createFunction: async () => {
      calls.push('create');
      if (refused++ < refusals) throw notReady();
      return { FunctionArn: 'arn:breaker' };
    },
    getFunction: async () => {
      calls.push('get');
      return { Configuration: { State: asked++ < pending ? 'Pending' : state, StateReason: 'no memory' } };
    },
    updateFunctionCode: async () => calls.push('code'),
    updateFunctionConfiguration: async () => calls.push('configuration'),
  };
  return { calls, api: api as unknown as LambdaApi };
}

describe('FunctionDriver', () => {
  const clock = new FakeClock();
  const run = async <Result>(work: Promise<Result>): Promise<Result> => {
    const ended = work.then(
      () => true,
      () => true,
    );
    while (!(await Promise.race([ended, clock.advance(1_000).then(() => false)])));
    return work;
  };

  it('waits until Lambda knows a role that was just made, and the function can be called', async () => {
    const { calls, api } = slowLambda({ refusals: 3, pending: 2 });
    const driver = new FunctionDriver({ lambda: api, tags: {} }, clock);
    await expect(run(driver.create(resource, PROPERTIES))).resolves.toMatchObject({ arn: 'arn:breaker' });
    expect(calls).toEqual(['create', 'create', 'create', 'create', 'get', 'get', 'get']);
  });

  it('gives up when the role is never known, and says why a function does not start', async () => {
    const never = new FunctionDriver({ lambda: slowLambda({ refusals: 1_000 }).api, tags: {} }, clock);
    await expect(run(never.create(resource, PROPERTIES))).rejects.toThrow('cannot be assumed');
    const failed = new FunctionDriver({ lambda: slowLambda({ state: 'Failed' }).api, tags: {} }, clock);
    await expect(run(failed.create(resource, PROPERTIES))).rejects.toThrow('breaker does not start: no memory');
  });

  it('changes the code first, and waits for it before it changes the rest', async () => {
    const { calls, api } = slowLambda({ pending: 1 });
    const driver = new FunctionDriver({ lambda: api, tags: {} }, clock);
    const seen = { arn: 'arn:breaker', properties: PROPERTIES };
    await run(driver.update(resource, { CodeSha256: 'y', Timeout: '10' }, seen));
    expect(calls).toEqual(['code', 'get', 'get', 'configuration', 'get']);
  });
});
