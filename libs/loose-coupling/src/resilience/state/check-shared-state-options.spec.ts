import { FaultList } from '../../kernel/index.js';
import { checkSharedStateOptions } from './check-shared-state-options.js';
import { MemoryCircuitStateStore } from './memory-circuit-state-store.js';

const faultsOf = (options: unknown): string[] => {
  const faults = new FaultList('options');
  checkSharedStateOptions(faults, 'resilience.sharedState', options);
  return faults.faults;
};

describe('checkSharedStateOptions', () => {
  it.each([
    { type: 'memory' },
    { type: 'sqlite' },
    { type: 'sqlite', file: 'a.db', refreshInterval: 100, storeTimeout: 50, policies: ['inventory'] },
    { type: 'dynamodb' },
    { type: 'custom', store: new MemoryCircuitStateStore() },
    { type: 'dynamodb', table: 'prod.circuits-1', provision: 'create' },
    { type: 'dynamodb', table: 'arn:aws:dynamodb:eu-west-1:123456789012:table/circuits' },
  ])('takes %j', (options) => {
    expect(faultsOf(options)).toEqual([]);
  });

  it.each([
    ['memory', 'resilience.sharedState: expected'],
    [{ type: 'redis' }, 'resilience.sharedState.type: expected'],
    [{ type: 'toString' }, 'resilience.sharedState.type: expected'],
    [{ type: 'memory', file: 'a.db' }, 'resilience.sharedState.file: unknown option'],
    [{ type: 'sqlite', file: '' }, 'resilience.sharedState.file: expected'],
    [{ type: 'sqlite', refreshInterval: 0 }, 'resilience.sharedState.refreshInterval: expected'],
    [{ type: 'memory', storeTimeout: '1s' }, 'resilience.sharedState.storeTimeout: expected'],
    [{ type: 'memory', policies: 'inventory' }, 'resilience.sharedState.policies: expected'],
    [{ type: 'dynamodb', table: 'a b' }, 'resilience.sharedState.table: expected'],
    [{ type: 'custom' }, 'resilience.sharedState.store: expected'],
    [{ type: 'custom', store: { read: () => [] } }, 'resilience.sharedState.store: expected'],
    [{ type: 'dynamodb', provision: 'always' }, 'resilience.sharedState.provision: expected'],
  ])('refuses %j', (options, fault) => {
    expect(faultsOf(options)).toEqual([expect.stringContaining(fault)]);
  });

  it('lists all faults at once', () => {
    expect(faultsOf({ type: 'dynamodb', table: 1, provision: 2, policies: 3, storeTimeout: -1 })).toHaveLength(4);
  });
});
