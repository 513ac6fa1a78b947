import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lambda } from '@aws-sdk/client-lambda';
import { SFN } from '@aws-sdk/client-sfn';
import { MemoryEventStore } from 'nestjs-loose-coupling/event-sourcing';
import { SystemClock } from 'nestjs-loose-coupling';
import { createEnvelope } from '../../libs/loose-coupling/src/messaging/index.js';
import {
  defineWorkflow,
  toStatesLanguage,
  WorkflowOrchestrator,
  WorkflowRegistry,
  type DefinedWorkflow,
  type ServiceCall,
  type ServiceStep,
} from 'nestjs-loose-coupling/workflow';
import { describeOnEmulator } from '../support/aws-emulator/index.js';

jest.setTimeout(90_000);

/** Answers with what it was asked; writes down what it was asked for; refuses to "refuse". */
const SERVICE = (log: string) => `
const { appendFileSync } = require('node:fs');
exports.handler = async ({ operation, request, idempotencyKey }) => {
  if (operation === 'refuse') throw new Error('refused');
  appendFileSync(${JSON.stringify(log)}, idempotencyKey + '\\n');
  return { did: operation, with: request };
};`;

const answer = ({ operation, request }: ServiceCall) => ({ did: operation, with: request });

const step = (number: number, more: Partial<ServiceStep> = {}): ServiceStep => ({
  kind: 'service',
  name: `step${number}`,
  service: 'any',
  operation: `do-${number}`,
  request: { number },
  retry: { attempts: 1 },
  compensate: { service: 'any', operation: `undo-${number}` },
  ...more,
});
const tenSteps = (seventh: Partial<ServiceStep> = {}) =>
  defineWorkflow({
    name: 'ten',
    steps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => step(number, number === 7 ? seventh : {})),
  });

/** The same on the engine: what its steps answered, and what was asked for. */
async function embedded(workflow: DefinedWorkflow, workflowId: string) {
  const keys: string[] = [];
  const clock = new SystemClock();
  const registry = new WorkflowRegistry();
  registry.add(workflow as never);
  const events = new MemoryEventStore();
  const orchestrator = new WorkflowOrchestrator({ events, processes: events.processes }, registry, {
    clock,
    request: (call) => {
      if (call.operation === 'refuse') return Promise.reject(new Error('refused'));
      keys.push(call.idempotencyKey);
      return Promise.resolve(answer(call));
    },
    message: (contract, data) =>
      Promise.resolve({
        kind: contract.kind,
        destination: contract.name,
        fifo: false,
        envelope: createEnvelope({ contract, data, source: 'test', now: clock.now() }),
      }),
  });
  const { status, steps } = await orchestrator.execute('ten', null, { workflowId });
  const answers = steps.filter(({ success }) => success).map(({ step_name: name, response }) => [name, response]);
  return { status, answers: Object.fromEntries(answers) as unknown, keys };
}

// Moto records executions, and does not run Lambda functions without containers.
describeOnEmulator('a workflow on Step Functions', (aws) => {
  let folder: string;
  let log: string;
  let lambda: Lambda;
  let sfn: SFN;
  let arn: string;
  beforeAll(async () => {
    const { endpoint, region, credentials } = aws();
    lambda = new Lambda({ endpoint, region, credentials });
    sfn = new SFN({ endpoint, region, credentials, disableHostPrefix: true });
    folder = mkdtempSync(join(tmpdir(), 'lc-states-'));
    log = join(folder, 'asked.log');
    writeFileSync(join(folder, 'index.js'), SERVICE(log));
    execFileSync('python3', ['-m', 'zipfile', '-c', 'code.zip', 'index.js'], { cwd: folder });
    const { FunctionArn = '' } = await lambda.createFunction({
      FunctionName: `service-${randomUUID()}`,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/any',
      Code: { ZipFile: readFileSync(join(folder, 'code.zip')) },
    });
    arn = FunctionArn;
  });
  afterAll(() => {
    lambda.destroy();
    sfn.destroy();
    rmSync(folder, { recursive: true });
  });

  async function onStepFunctions(workflow: DefinedWorkflow, name: string) {
    rmSync(log, { force: true });
    const { stateMachineArn } = await sfn.createStateMachine({
      name: `ten-${randomUUID()}`,
      roleArn: 'arn:aws:iam::000000000000:role/any',
      definition: JSON.stringify(toStatesLanguage(workflow, { services: { any: arn } })),
    });
    const { executionArn } = await sfn.startExecution({ stateMachineArn, name, input: '{}' });
    for (;;) {
      const { status, output = '{}', error, cause } = await sfn.describeExecution({ executionArn });
      if (status !== 'RUNNING') {
        const keys = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
        return { status, answers: JSON.parse(output) as unknown, error, cause, keys };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('has the same result, by the same keys', async () => {
    const name = `w-${randomUUID()}`;
    const here = await embedded(tenSteps(), name);
    const there = await onStepFunctions(tenSteps(), name);
    expect(here.status).toBe('completed');
    expect(there).toMatchObject({ status: 'SUCCEEDED', answers: here.answers, keys: here.keys });
    expect(here.keys).toHaveLength(10);
  });

  it('undoes six to one when step seven fails, and goes on when it is optional', async () => {
    const name = `w-${randomUUID()}`;
    const failing = tenSteps({ operation: 'refuse' });
    const here = await embedded(failing, name);
    const there = await onStepFunctions(failing, name);
    expect(here.status).toBe('failed');
    expect(there).toMatchObject({ status: 'FAILED', error: 'WorkflowFailed', keys: here.keys });
    expect(here.keys).toHaveLength(12);

    const optional = tenSteps({ operation: 'refuse', required: false });
    const same = await embedded(optional, `${name}-2`);
    expect(await onStepFunctions(optional, `${name}-2`)).toMatchObject({
      status: 'SUCCEEDED',
      answers: same.answers,
      keys: same.keys,
    });
  });
});

describe('a workflow that is more than data', () => {
  it('is not exported, and every reason is said', () => {
    const workflow = defineWorkflow({
      name: 'code',
      steps: [
        { kind: 'task', name: 'a', run: () => 1 },
        { kind: 'service', name: 'b', service: 'unknown', request: () => ({}) },
      ],
    });
    expect(() => toStatesLanguage(workflow, { services: {} })).toThrow(
      /"a": steps of kind "task"[\s\S]*"b"\.request: a function[\s\S]*no function for "unknown"/,
    );
  });
});
