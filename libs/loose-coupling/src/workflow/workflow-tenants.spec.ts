import { createStores, withAllTenants, withTenant, type EventStore } from '../event-sourcing/runtime.js';
import { currentCorrelation } from '../kernel/index.js';
import { createEnvelope } from '../messaging/index.js';
import { FakeClock } from '../testing/fake-clock.js';
import { defineWorkflow } from './definition/define-workflow.js';
import type { WorkflowPorts } from './engine/workflow-ports.js';
import { WorkflowOrchestrator } from './workflow-orchestrator.js';
import { WorkflowRegistry } from './workflow-registry.js';

const LEASE_MS = 9_000;
const TENANTS = ['acme', 'zeta'] as const;
const ID = { workflowId: 'x' };

/** One store that tenants share, and processes on it. A process stops when its writes no longer come through. */
function world() {
  const clock = new FakeClock();
  const options = { service: 's', store: { type: 'memory' }, tenancy: { type: 'prefix' } } as const;
  const { events: store, processes: index } = createStores(options, clock, () => undefined);
  if (!index) throw new Error('The store has no list of processes.');
  const faults: string[] = [];
  const log: string[] = [];
  const keys: string[] = [];
  const process = (name: string) => {
    const events = Object.create(store) as EventStore;
    const state = { stopped: false };
    events.commit = (commit) => (state.stopped ? new Promise(() => undefined) : store.commit(commit));
    const note = (step: string, key: string) => {
      keys.push(key);
      const tenant = currentCorrelation()?.tenantId;
      log.push(`${name}: ${step} of ${tenant}`);
      return tenant;
    };
    const ports: WorkflowPorts = {
      clock,
      request: () => Promise.reject(new Error('there are none')),
      message: async (contract, data) => ({
        kind: contract.kind,
        destination: contract.name,
        fifo: false,
        envelope: createEnvelope({ contract, data, source: 'test', now: clock.now() }),
      }),
    };
    const registry = new WorkflowRegistry();
    const workflow = defineWorkflow({
      name: 'w',
      steps: [
        {
          kind: 'task',
          name: 'a',
          run: ({ idempotencyKey }) => note('a', idempotencyKey),
          compensate: ({ idempotencyKey }) => void note('undone', idempotencyKey),
        },
        { kind: 'delay', name: 'pause', ms: 60_000 },
        { kind: 'task', name: 'b', run: ({ idempotencyKey }) => note('b', idempotencyKey) },
        { kind: 'wait', name: 'go' },
      ],
      output: ({ results }) => [results['a'], results['b'], results['go']],
    });
    registry.add(workflow as never);
    const tenantOf = () => currentCorrelation()?.tenantId;
    const orchestrator = new WorkflowOrchestrator({ events, processes: index, tenantOf }, registry, ports, {
      leaseMs: LEASE_MS,
      report: (message, error) => faults.push(`${name}: ${message} ${String(error)}`),
    });
    return { orchestrator, workflow, stop: () => (state.stopped = true) };
  };
  const typesOf = async (tenant: string) => {
    const types: string[] = [];
    for await (const { type } of withTenant(tenant, () => store.readStream('workflow-x'))) types.push(type);
    return types;
  };
  return { clock, store, index, process, faults, log, keys, typesOf };
}

describe('workflows of tenants that share a store', () => {
  it('have ids of their own tenant, and end each for itself, whichever process is asked', async () => {
    const { clock, process, faults, log } = world();
    const [one, other] = [process('one'), process('other')];
    await Promise.all([one.orchestrator.recover(), other.orchestrator.recover()]);
    for (const tenant of TENANTS) await withTenant(tenant, () => one.orchestrator.start(one.workflow, null, ID));
    const results = TENANTS.map((tenant) =>
      withTenant(tenant, () => Promise.all([one.orchestrator.result('x'), other.orchestrator.result('x')])),
    );
    await clock.advance(60_000);
    expect(log).toEqual(['one: a of acme', 'one: a of zeta', 'one: b of acme', 'one: b of zeta']);
    for (const tenant of TENANTS.toReversed()) {
      await withTenant(tenant, () => other.orchestrator.signal('x', 'go', `for ${tenant}`));
      await clock.advance(0);
    }
    for (const [index, tenant] of TENANTS.entries()) {
      const ended = { status: 'completed', output: [tenant, tenant, `for ${tenant}`] };
      expect(await results[index]).toEqual([expect.objectContaining(ended), expect.objectContaining(ended)]);
    }
    await Promise.all([one.orchestrator.close(), other.orchestrator.close()]);
    expect(faults).toEqual([]);
  });

  it('are taken on when their process has died, each for its tenant', async () => {
    const { clock, process, faults, log, typesOf } = world();
    const [one, other] = [process('one'), process('other')];
    await Promise.all([one.orchestrator.recover(), other.orchestrator.recover()]);
    for (const tenant of TENANTS) await withTenant(tenant, () => one.orchestrator.start(one.workflow, null, ID));
    await clock.advance(0);
    one.stop();
    await clock.advance(LEASE_MS * 2);
    await clock.advance(60_000);
    expect(log).toEqual(['one: a of acme', 'one: a of zeta', 'other: b of acme', 'other: b of zeta']);
    for (const tenant of TENANTS) {
      const resumed = (await typesOf(tenant)).filter((type) => type === 'workflow.resumed');
      expect(resumed).toHaveLength(1);
      await withTenant(tenant, () => other.orchestrator.signal('x', 'go'));
    }
    expect(await withTenant('zeta', () => other.orchestrator.result('x'))).toMatchObject({ status: 'completed' });
    await other.orchestrator.close();
    expect(faults).toEqual([]);
  });

  it('are left to their process while it lives, begun within which tenant it may be', async () => {
    const { clock, process, log, typesOf } = world();
    const [one, other] = [process('one'), process('other')];
    await other.orchestrator.recover();
    // Joins, and renews its lease, from within a tenant.
    await withTenant('acme', () => one.orchestrator.start(one.workflow, null, ID));
    await clock.advance(LEASE_MS * 20);
    expect(log).toEqual(['one: a of acme', 'one: b of acme']);
    expect(await typesOf('acme')).not.toContain('workflow.resumed');
    await Promise.all([one.orchestrator.close(), other.orchestrator.close()]);
  });

  it('give those who must do nothing twice a key of their tenant too', async () => {
    const { clock, process, keys } = world();
    const one = process('one');
    for (const tenant of TENANTS) await withTenant(tenant, () => one.orchestrator.start(one.workflow, null, ID));
    await clock.advance(0);
    expect(keys).toEqual(['acme#x/a', 'zeta#x/a']);
    await withTenant('zeta', () => one.orchestrator.cancel('x'));
    await clock.advance(60_000);
    expect(keys.slice(2)).toEqual(['zeta#x/a/compensate', 'acme#x/b']);
    await one.orchestrator.close();
  });

  it('are of nobody who forgot the tenant, and their processes are shown to no tenant', async () => {
    const { clock, process, index, store } = world();
    const one = process('one');
    await one.orchestrator.recover();
    await withTenant('acme', () => one.orchestrator.start(one.workflow, null, ID));
    await clock.advance(0);
    const missing = { code: 'LC_MISSING_TENANT' };
    await expect(one.orchestrator.start(one.workflow, null, { workflowId: 'y' })).rejects.toMatchObject(missing);
    await expect(one.orchestrator.result('x')).rejects.toMatchObject(missing);
    await expect(one.orchestrator.query('x')).rejects.toMatchObject(missing);
    await expect(one.orchestrator.signal('x', 'go')).rejects.toMatchObject(missing);
    await expect(one.orchestrator.cancel('x')).rejects.toMatchObject(missing);
    const zeta = withTenant('zeta', () => one.orchestrator.query('x'));
    await expect(zeta).rejects.toMatchObject({ code: 'LC_UNKNOWN_WORKFLOW' });
    const owners = async () => {
      const found: unknown[] = [];
      for await (const { tenantId } of index.open('@workflow-owners')) found.push(tenantId);
      return found;
    };
    expect(await withTenant('acme', owners)).toEqual([]);
    expect(await withAllTenants(owners)).toEqual([undefined]);
    await one.orchestrator.close();
    await store.close();
  });
});
