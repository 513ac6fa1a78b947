import type { MethodDeclaration } from './method-declaration.js';
import { ResilienceRegistry } from './resilience-registry.js';

class StockAway extends Error {}

describe('the description of a registry', () => {
  const registry = new ResilienceRegistry({
    policies: { inventory: { timeout: 800, retry: { maxAttempts: 2 }, circuitBreaker: {}, bulkhead: 20 } },
  });
  const quote: MethodDeclaration = {
    name: 'PaymentGateway.quote',
    policies: [
      { kind: 'bulkhead', options: { maxConcurrent: 2, adaptive: true } },
      { kind: 'fallback', options: [{ use: 'lastKnown', on: StockAway }, { use: () => 'a secret' }] },
      { kind: 'circuitBreaker', name: 'tenants', options: { recordIf: () => true }, key: () => 'tenant' },
      { kind: 'timeout', options: { total: 900 } },
    ],
    order: ['bulkhead'],
  };
  const stock: MethodDeclaration = { name: 'Shop.stock', policy: 'inventory', policies: [] };
  const bare: MethodDeclaration = { name: 'Shop.bare', policies: [] };
  for (const method of [quote, stock, bare]) registry.pipelineFor(method);

  it('prints the effective pipeline of each method, from the outside in', () => {
    expect(`${registry.describe()}`).toBe(
      `
PaymentGateway.quote
  fallback chain=[{ use: lastKnown, on: StockAway }, { use: (function) }]
  circuitBreaker "tenants" slidingWindow={ type: count, size: 100 } failureRateThreshold=50 slowCallDuration=60000 minimumCalls=20 openDuration=30000 maxOpenDuration=300000 halfOpenCalls=3 halfOpenMaxWait=30000 recordIf=(function) key=(function) maxKeys=10000 keyTtl=3600000
  timeout total=900
  bulkhead maxConcurrent=2 maxQueue=0 adaptive={ minLimit: 1, maxLimit: 200, tolerance: 1.5, smoothing: 0.2 }

Shop.stock
  retry "inventory" maxAttempts=2 initialDelay=100 maxDelay=10000 backoff=exponential jitter=full idempotent=true budget={ ratio: 0.2, minPerSecond: 10, window: 10000 }
  circuitBreaker "inventory" slidingWindow={ type: count, size: 100 } failureRateThreshold=50 slowCallDuration=60000 minimumCalls=20 openDuration=30000 maxOpenDuration=300000 halfOpenCalls=3 halfOpenMaxWait=30000
  timeout "inventory" attempt=800
  bulkhead "inventory" maxConcurrent=20 maxQueue=0

Shop.bare
  (no policies)
`.trim(),
    );
  });

  it('is data that can be sent as JSON, without the functions', () => {
    const { pipelines } = registry.describe();
    expect(JSON.parse(JSON.stringify(pipelines))).toEqual(pipelines);
    expect(JSON.stringify(pipelines)).not.toContain('secret');
  });
});
