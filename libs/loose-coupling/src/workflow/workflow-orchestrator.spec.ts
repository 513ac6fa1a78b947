import { MemoryEventStore } from '../event-sourcing/runtime.js';
import { createEnvelope, defineCommand } from '../messaging/index.js';
import { FakeClock } from '../testing/fake-clock.js';
import { defineWorkflow } from './definition/define-workflow.js';
import type { EffectContext, StepContext } from './definition/step-context.js';
import type { TaskStep } from './definition/workflow-step.js';
import type { ServiceCall, WorkflowPorts } from './engine/workflow-ports.js';
import { WorkflowOrchestrator } from './workflow-orchestrator.js';
import { WorkflowRegistry } from './workflow-registry.js';

const Pack = defineCommand<{ id: string }>('warehouse.pack');

/** One store, and processes that come and go on it. */
function world() {
  const clock = new FakeClock();
  const store = new MemoryEventStore({ clock });
  const calls: ServiceCall[] = [];
  const answers = new Map<string, unknown>();
  const ports: WorkflowPorts = {
    clock,
    request: (call) => {
      calls.push(call);
      const answer = answers.get(call.service);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? null);
    },
    message: (contract, data) =>
      Promise.resolve({
        kind: contract.kind,
        destination: contract.name,
        fifo: false,
        envelope: createEnvelope({ contract, data, source: 'test', now: clock.now() }),
      }),
  };
  const faults: string[] = [];
  const process = () =>
    new WorkflowOrchestrator({ events: store, processes: store.processes }, new WorkflowRegistry(), ports, {
      report: (message, error) => faults.push(`${message} ${String(error)}`),
    });
  const commit = store.commit.bind(store);
  const published: unknown[] = [];
  store.commit = async (what) => {
    const result = await commit(what);
    published.push(...(what.messages ?? []).map(({ envelope }) => envelope));
    return result;
  };
  return { clock, store, calls, answers, process, faults, published };
}

const task = (name: string, log: string[], more: Partial<TaskStep> = {}): TaskStep => ({
  kind: 'task',
  name,
  run: ({ idempotencyKey }: EffectContext) => void log.push(idempotencyKey),
  compensate: ({ idempotencyKey }: EffectContext) => void log.push(idempotencyKey),
  ...more,
});

const failing = (name: string): TaskStep => ({
  kind: 'task',
  name,
  retry: { attempts: 1 },
  run: () => Promise.reject(new Error('out of stock')),
});

describe('a workflow', () => {
  it('takes its steps one after the other, each with what came before, and gives its output', async () => {
    const { process } = world();
    const workflow = defineWorkflow<{ a: number }, number>({
      name: 'sum',
      steps: [
        { kind: 'task', name: 'first', run: ({ input }) => input.a + 1 },
        { kind: 'task', name: 'second', run: ({ results }) => Number(results['first']) * 2 },
      ],
      output: ({ results }) => Number(results['second']),
    });
    const result = await process().execute(workflow, { a: 20 });
    expect(result).toMatchObject({ workflow: 'sum', status: 'completed', output: 42 });
    expect(result.steps).toMatchObject([
      { step_name: 'first', success: true, response: 21 },
      { step_name: 'second', success: true, response: 42 },
    ]);
  });

  it('that fails in step seven undoes six to one, the last first', async () => {
    const { process, clock } = world();
    const log: string[] = [];
    const steps = [1, 2, 3, 4, 5, 6].map((number) => task(`s${number}`, log));
    const orchestrator = process();
    const running = orchestrator.execute(
      defineWorkflow({ name: 'ten', steps: [...steps, failing('s7'), task('s8', log)] }),
      {},
      { workflowId: 'w' },
    );
    await clock.advance(0);
    expect(await running).toMatchObject({ status: 'failed', error: expect.stringContaining('out of stock') });
    expect(log).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((number) => `w/s${number}`),
      ...[6, 5, 4, 3, 2, 1].map((number) => `w/s${number}/compensate`),
    ]);
  });

  it('goes on without a step that is optional', async () => {
    const { process } = world();
    const log: string[] = [];
    const steps = [{ ...failing('gift'), required: false }, task('ship', log)];
    const result = await process().execute(defineWorkflow({ name: 'w', steps }), {}, { workflowId: 'w' });
    expect(result).toMatchObject({
      status: 'completed',
      steps: [{ success: false, error: 'out of stock' }, { success: true }],
    });
    expect(log).toEqual(['w/ship']);
  });

  it('is the same when it is started twice', async () => {
    const { process } = world();
    const log: string[] = [];
    const workflow = defineWorkflow({ name: 'w', steps: [task('once', log)] });
    const orchestrator = process();
    await Promise.all([1, 2].map(() => orchestrator.execute(workflow, {}, { workflowId: 'w' })));
    expect(log).toEqual(['w/once']);
  });

  it('tries a step again with growing waits and the same key, and gives up an attempt that takes too long', async () => {
    const { process, clock } = world();
    const seen: [string, number][] = [];
    const signals: AbortSignal[] = [];
    const step: TaskStep = {
      kind: 'task',
      name: 'slow',
      timeoutMs: 1_000,
      run: ({ idempotencyKey, attempt, signal }) => {
        seen.push([idempotencyKey, attempt]);
        signals.push(signal);
        return attempt < 3 ? new Promise(() => undefined) : 'done';
      },
    };
    const running = process().execute(defineWorkflow({ name: 'w', steps: [step] }), {}, { workflowId: 'w' });
    await clock.advance(5_000);
    expect(await running).toMatchObject({ status: 'completed' });
    expect(seen).toEqual([1, 2, 3].map((attempt) => ['w/slow', attempt]));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  });

  it('runs branches side by side, one way of several, and each element of a list', async () => {
    const { process, clock } = world();
    const log: string[] = [];
    const workflow = defineWorkflow<{ lines: string[] }>({
      name: 'w',
      steps: [
        {
          kind: 'parallel',
          name: 'both',
          branches: [[{ kind: 'delay', name: 'later', ms: 1_000 }, task('a', log)], [task('b', log)]],
        },
        {
          kind: 'choice',
          name: 'way',
          choose: ({ input }) => (input.lines.length > 1 ? 'many' : 'one'),
          branches: { many: [task('many', log)], one: [task('one', log)] },
        },
        {
          kind: 'forEach',
          name: 'pack',
          items: ({ input }) => input.lines,
          concurrency: 2,
          steps: [{ kind: 'task', name: 'label', run: ({ item, index }) => `${index}:${String(item)}` }],
        },
      ],
      output: ({ results }) => results['pack'],
    });
    const running = process().execute(workflow, { lines: ['x', 'y', 'z'] }, { workflowId: 'w' });
    await clock.advance(1_000);
    expect(await running).toMatchObject({ status: 'completed', output: ['0:x', '1:y', '2:z'] });
    expect(log).toEqual(['w/b', 'w/a', 'w/many']);
  });

  it('lets a branch that fails end the waits of the others, and what they do be done', async () => {
    const { process, clock } = world();
    const log: string[] = [];
    let finish: () => void = () => undefined;
    const slow = task('slow', log, {
      run: ({ idempotencyKey, signal }) =>
        new Promise<void>((resolve) => {
          finish = () => {
            log.push(idempotencyKey);
            expect(signal.aborted).toBe(false);
            resolve();
          };
        }),
    });
    const workflow = defineWorkflow({
      name: 'w',
      steps: [
        {
          kind: 'parallel',
          name: 'all',
          branches: [
            [{ kind: 'wait', name: 'never' }],
            [{ kind: 'delay', name: 'long', ms: 1e9 }, task('after', log)],
            [slow, task('next', log)],
            [failing('fails')],
          ],
        },
      ],
    });
    const running = process().execute(workflow, {}, { workflowId: 'w' });
    await clock.advance(0);
    finish();
    const result = await running;
    expect(result).toMatchObject({ status: 'failed', error: expect.stringContaining('out of stock') });
    expect(result.steps.map(({ step_name: name }) => name)).toEqual(['fails', 'slow']);
    expect(log).toEqual(['w/slow', 'w/slow/compensate']);
  });

  it('waits for a signal, also for one that came before, and no longer than it may', async () => {
    const { process, clock } = world();
    const workflow = defineWorkflow({
      name: 'w',
      steps: [
        { kind: 'wait', name: 'paid', timeoutMs: 10_000 },
        { kind: 'wait', name: 'again', signal: 'paid' },
        { kind: 'wait', name: 'never', timeoutMs: 5_000 },
      ],
    });
    const orchestrator = process();
    const { workflowId } = await orchestrator.start(workflow, {});
    await orchestrator.signal(workflowId, 'paid', 1);
    await orchestrator.signal(workflowId, 'paid', 2);
    await clock.advance(4_999);
    expect((await orchestrator.query(workflowId)).steps).toMatchObject([{ response: 1 }, { response: 2 }]);
    const ended = orchestrator.result(workflowId);
    await clock.advance(5_000);
    expect(await ended).toMatchObject({ status: 'failed', error: expect.stringContaining('"never" took longer') });
  });

  it('that is cancelled gives its step up and undoes what is done', async () => {
    const { process, clock, published } = world();
    const log: string[] = [];
    const orchestrator = process();
    const stuck: TaskStep = { kind: 'task', name: 'stuck', run: () => new Promise(() => undefined) };
    const workflow = defineWorkflow({ name: 'w', steps: [task('a', log), stuck] });
    const running = orchestrator.execute(workflow, {}, { workflowId: 'w' });
    await clock.advance(0);
    await orchestrator.cancel('w', 'the customer said so');
    expect(await running).toMatchObject({
      status: 'cancelled',
      error: expect.stringContaining('the customer said so'),
    });
    expect(log).toEqual(['w/a', 'w/a/compensate']);
    expect(published).toMatchObject([{ type: 'WorkflowFailed', data: { status: 'cancelled' } }]);
  });

  it('publishes its end with its duration, and its commands, with what it stores', async () => {
    const { process, clock, published } = world();
    const workflow = defineWorkflow<{ id: string }>({
      name: 'w',
      steps: [
        {
          kind: 'message',
          name: 'pack',
          contract: Pack,
          data: ({ input }: StepContext<{ id: string }>) => ({ id: input.id }),
        },
        { kind: 'delay', name: 'wait', ms: 1_500 },
      ],
    });
    const running = process().execute(workflow, { id: '1' }, { workflowId: 'w' });
    await clock.advance(1_500);
    await running;
    expect(published).toMatchObject([
      { type: 'warehouse.pack', data: { id: '1' } },
      { type: 'WorkflowCompleted', data: { workflow_id: 'w', status: 'completed', duration_ms: 1_500 } },
    ]);
  });

  it('given as a document asks its services, and fails with a required one', async () => {
    const { process, calls, answers, published } = world();
    answers.set('inventory', { reserved: true });
    answers.set('payment', new Error('no money'));
    const document = {
      steps: [
        { name: 'reserve stock', service: 'inventory', request: { sku: 'A' } },
        { name: 'greet', service: 'payment', required: false },
        { name: 'pay', service: 'payment', request: { amount: 1 }, required: true },
        { name: 'ship', service: 'shipping', request: {} },
      ],
    };
    const result = await process().execute(document, null, { workflowId: 'w' });
    expect(calls.map(({ service, operation, request }) => [service, operation, request])).toEqual([
      ['inventory', 'call', { sku: 'A' }],
      ['payment', 'call', {}],
      ['payment', 'call', { amount: 1 }],
    ]);
    expect(result).toMatchObject({
      workflow_id: 'w',
      status: 'failed',
      steps: [
        { step_name: 'reserve stock', service_name: 'inventory', success: true, response: { reserved: true } },
        { service_name: 'payment', success: false },
        { service_name: 'payment', success: false, error: 'no money' },
      ],
    });
    expect(published).toMatchObject([{ type: 'WorkflowFailed', data: { status: 'failed' } }]);
  });

  it('refuses a definition with everything that is wrong', () => {
    const steps = [
      { kind: 'task', name: 'a' },
      { kind: 'what', name: 'a' },
      { kind: 'wait', name: '' },
    ] as never;
    expect(() => defineWorkflow({ name: 'x y', steps })).toThrow(
      /name:[\s\S]*run: is missing[\s\S]*another step[\s\S]*kind of step[\s\S]*steps\[2\]/,
    );
  });
});
