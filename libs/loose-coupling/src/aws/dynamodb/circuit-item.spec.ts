import { openCircuit } from '../../resilience/state/testing/circuit-state-store.contract.js';
import { fromItem, toItem } from './circuit-item.js';

const NOW = 1_800_000_000_000;
const LAMBDA_ITEM = {
  service_name: 'inventory',
  state: 'OPEN',
  failure_count: 7,
  last_failure_time: 1_800_000_000.25,
  failure_threshold: 5,
  timeout_seconds: 60,
  half_open_max_calls: 3,
  half_open_calls: 0,
  updated_at: 1_800_000_000.5,
};

describe('the item of a circuit', () => {
  it('tells the Lambda of the source document when to try again', () => {
    expect(toItem(openCircuit('inventory', 3, NOW + 30_000), 'w', NOW)).toMatchObject({
      service_name: 'inventory',
      state: 'OPEN',
      last_failure_time: (NOW + 30_000) / 1000 - 60,
      timeout_seconds: 60,
      failure_threshold: 5,
      updated_at: NOW / 1000,
    });
  });

  it('is understood when that Lambda wrote it', () => {
    const { counts, ...circuit } = fromItem(LAMBDA_ITEM);
    expect(circuit).toEqual({
      name: 'inventory',
      state: 'open',
      generation: 0,
      openUntil: NOW + 250 + 60_000,
      timesOpened: 1,
    });
    expect(counts).toMatchObject({ failureCount: 7, lastFailureTime: NOW + 250 });
  });

  it('keeps others from probing for the timeout while that Lambda is half-open', () => {
    expect(fromItem({ ...LAMBDA_ITEM, state: 'HALF_OPEN', half_open_calls: 1 })).toMatchObject({
      state: 'half-open',
      probe: { owner: 'circuit-breaker-function', until: NOW + 500 + 60_000 },
    });
  });

  it('is closed, with the defaults of that Lambda, where attributes are missing or make no sense', () => {
    expect(fromItem({ service_name: 'a', state: 'BROKEN', failure_count: 'many' })).toMatchObject({
      state: 'closed',
      openUntil: 0,
      counts: { failureCount: 0, failureThreshold: 5, timeoutSeconds: 60, halfOpenMaxCalls: 3 },
    });
  });
});
