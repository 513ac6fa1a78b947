import { randomUUID } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { defineWorkflow, WorkflowModule, WorkflowOrchestrator } from 'nestjs-loose-coupling/workflow';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(90_000);

describeOnAws('workflows on DynamoDB', (aws) => {
  const open = async (tablePrefix: string, name: string, log: string[]) => {
    const { endpoint, region, credentials } = aws();
    const note = (what: string) => void log.push(`${name}: ${what}`);
    const workflow = defineWorkflow({
      name: 'ship',
      steps: [
        { kind: 'task', name: 'book', run: () => note('book') },
        { kind: 'wait', name: 'picked-up' },
        { kind: 'task', name: 'thank', run: () => note('thank') },
      ],
    });
    const module = await Test.createTestingModule({
      imports: [
        LooseCouplingModule.forRoot({
          service: 'shipping',
          aws: { endpoint, region, credentials },
          store: { type: 'dynamodb', tablePrefix, provision: 'create' },
          logger: false,
        }),
        WorkflowModule.forRoot({ workflows: [workflow], leaseMs: 900 }),
      ],
    }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    return { app, workflow, orchestrator: app.get(WorkflowOrchestrator) };
  };

  it('are taken on by another process when theirs shuts down, and told there what both hear', async () => {
    const tablePrefix = `t-${randomUUID()}`;
    const log: string[] = [];
    const one = await open(tablePrefix, 'one', log);
    const other = await open(tablePrefix, 'other', log);
    await one.orchestrator.start(one.workflow, null, { workflowId: 'w' });
    while (log.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const ended = other.orchestrator.result('w');
    await one.app.close();
    await other.orchestrator.signal('w', 'picked-up', { at: 'the door' });
    expect(await ended).toMatchObject({ status: 'completed', steps: [{}, { response: { at: 'the door' } }, {}] });
    expect(log).toEqual(['one: book', 'other: thank']);
    await other.app.close();
  });
});
