import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LooseCouplingModule, OnEvent } from 'nestjs-loose-coupling';
import { withTenant } from 'nestjs-loose-coupling/event-sourcing';
import {
  defineWorkflow,
  WorkflowCompleted,
  WorkflowFailed,
  WorkflowModule,
  WorkflowOrchestrator,
  type DefinedWorkflow,
} from 'nestjs-loose-coupling/workflow';

jest.setTimeout(60_000);

@Injectable()
class Ends {
  readonly seen: unknown[] = [];

  @OnEvent(WorkflowCompleted)
  completed(end: unknown) {
    this.seen.push(end);
  }

  @OnEvent(WorkflowFailed)
  failed(end: unknown) {
    this.seen.push(end);
  }
}

async function start(endpointUrl: string, workflows: readonly DefinedWorkflow[] = []) {
  const services = ['inventory', 'shipping'].map((name) => ({ name, endpointUrl }));
  const module = await Test.createTestingModule({
    imports: [LooseCouplingModule.forRoot({ services }), WorkflowModule.forRoot({ workflows })],
    providers: [Ends],
  }).compile();
  const app = await module.createNestApplication({ logger: false }).init();
  return { app, orchestrator: app.get(WorkflowOrchestrator), ends: app.get(Ends).seen };
}

/** A service as others have them: JSON in, JSON out. */
async function listen(answer: (request: IncomingMessage, body: unknown) => { status: number; body: unknown }) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = answer(request, JSON.parse(Buffer.concat(chunks).toString() || 'null'));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Until `seen` has so many; the outbox and the broker take a moment. */
async function until(seen: readonly unknown[], count: number): Promise<void> {
  while (seen.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('WorkflowModule', () => {
  it('runs a document over HTTP, tells the key of each request, and publishes the end', async () => {
    const requests: unknown[] = [];
    const service = await listen((request, body) => {
      requests.push({ path: request.url, body, key: request.headers['idempotency-key'] });
      return { status: 200, body: { done: true } };
    });
    const { app, orchestrator, ends } = await start(service.url);
    const document = {
      steps: [
        { name: 'reserve', service: 'inventory', request: { sku: 'A-1' }, required: true },
        { name: 'ship', service: 'shipping', request: { to: 'Lyon' }, required: false },
      ],
    };
    const result = await orchestrator.execute(document, null, { workflowId: 'w-1' });
    expect(requests).toEqual([
      { path: '/', body: { sku: 'A-1' }, key: 'w-1/reserve' },
      { path: '/', body: { to: 'Lyon' }, key: 'w-1/ship' },
    ]);
    expect(result).toMatchObject({
      workflow_id: 'w-1',
      status: 'completed',
      steps: [{ response: { done: true } }, {}],
    });
    await until(ends, 1);
    expect(ends).toEqual([
      { workflow_id: 'w-1', workflow: 'workflow', status: 'completed', duration_ms: result.duration_ms },
    ]);
    await app.close();
    await service.close();
  });

  it('publishes WorkflowFailed when a required step of a document fails', async () => {
    const service = await listen(() => ({ status: 409, body: { message: 'out of stock' } }));
    const { app, orchestrator, ends } = await start(service.url);
    const result = await orchestrator.execute({ steps: [{ name: 'reserve', service: 'inventory' }] });
    expect(result.status).toBe('failed');
    await until(ends, 1);
    expect(ends).toMatchObject([{ workflow_id: result.workflow_id, status: 'failed', not_compensated: [] }]);
    await app.close();
    await service.close();
  });

  it('has a thousand in flight at once', async () => {
    const counted: number[] = [];
    const workflow = defineWorkflow<{ number: number }, number>({
      name: 'many',
      steps: [
        { kind: 'task', name: 'count', run: ({ input }) => void counted.push(input.number) },
        { kind: 'wait', name: 'go' },
        { kind: 'task', name: 'double', run: ({ input }) => 2 * input.number },
      ],
      output: ({ results }) => Number(results['double']),
    });
    const { app, orchestrator } = await start('http://127.0.0.1:1');
    const numbers = Array.from({ length: 1_000 }, (_, number) => number);
    const ended = numbers.map((number) => orchestrator.execute(workflow, { number }, { workflowId: `w-${number}` }));
    await until(counted, 1_000);
    await Promise.all(numbers.map((number) => orchestrator.signal(`w-${number}`, 'go')));
    expect((await Promise.all(ended)).map(({ output }) => output)).toEqual(numbers.map((number) => 2 * number));
    await app.close();
  });

  it('closes while workflows wait, and tells those who wait for one', async () => {
    const workflow = defineWorkflow({ name: 'waits', steps: [{ kind: 'wait', name: 'ever' }] });
    const { app, orchestrator } = await start('http://127.0.0.1:1');
    const waiting = orchestrator.execute(workflow);
    waiting.catch(() => undefined);
    await orchestrator.start(workflow);
    await app.close();
    await expect(waiting).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });

  it('runs workflows of one id for two tenants that share a store, and ends with the application', async () => {
    const module = await Test.createTestingModule({
      imports: [
        LooseCouplingModule.forRoot({ service: 'shared', store: { type: 'memory' }, tenancy: { type: 'prefix' } }),
        WorkflowModule.forRoot(),
      ],
    }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const orchestrator = app.get(WorkflowOrchestrator);
    const whose = defineWorkflow({
      name: 'whose',
      steps: [{ kind: 'task', name: 'a', run: ({ idempotencyKey }) => idempotencyKey }],
      output: ({ results }) => results['a'],
    });
    const run = (tenant: string) => withTenant(tenant, () => orchestrator.execute(whose, null, { workflowId: 'w' }));
    const results = await Promise.all([run('acme'), run('zeta')]);
    expect(results.map(({ output }) => output)).toEqual(['acme#w/a', 'zeta#w/a']);
    await expect(orchestrator.query('w')).rejects.toMatchObject({ code: 'LC_MISSING_TENANT' });
    await app.close();
  });
});
