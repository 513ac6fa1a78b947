import { Test } from '@nestjs/testing';
import { LooseCouplingModule } from '../../loose-coupling.module.js';
import { ResilienceRegistry } from '../../resilience/index.js';
import type { ServiceOptions } from '../options/service.options.js';
import { DependencyMap } from './dependency-map.js';

async function open(services: readonly ServiceOptions[]) {
  const policies = { hurried: { timeout: 100 }, patient: { circuitBreaker: {} } };
  const options = { service: 'order', services, resilience: { policies }, logger: false } as const;
  const module = await Test.createTestingModule({ imports: [LooseCouplingModule.forRoot(options)] }).compile();
  closing.push(() => module.close());
  return { map: module.get(DependencyMap), registry: module.get(ResilienceRegistry) };
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const endpointUrl = 'http://127.0.0.1:1';
const findings = async (...services: ServiceOptions[]) =>
  (await open(services)).map.toJSON().findings.map(({ code, services: named }) => [code, ...named]);

describe('the dependency map', () => {
  it('finds a call to something optional that nothing answers for', async () => {
    const found = await findings(
      { name: 'tips', endpointUrl, criticality: 'optional' },
      { name: 'ads', endpointUrl, criticality: 'optional', fallback: () => undefined },
      { name: 'mail', requestQueue: 'mail', criticality: 'optional' },
    );
    expect(found).toEqual([['optional-without-fallback', 'tips']]);
  });

  it('finds a service without a timeout', async () => {
    const found = await findings(
      { name: 'slow', endpointUrl, policy: 'patient' },
      { name: 'quick', endpointUrl, policy: 'hurried' },
      { name: 'usual', endpointUrl },
    );
    expect(found).toEqual([['no-timeout', 'slow']]);
  });

  it('finds more than two calls that wait for each other, and does not run in circles', async () => {
    const found = await findings(
      { name: 'stock', endpointUrl, dependsOn: ['prices'] },
      { name: 'tax', endpointUrl, dependsOn: ['rates', 'law'] },
      { name: 'law', endpointUrl, dependsOn: ['tax', 'courts'] },
    );
    expect(found).toEqual([
      ['long-synchronous-chain', 'order', 'tax', 'law', 'courts'],
      ['long-synchronous-chain', 'order', 'law', 'tax', 'rates'],
    ]);
  });

  it('finds a database that two share', async () => {
    const found = await findings(
      { name: 'stock', endpointUrl, database: 'main' },
      { name: 'prices', endpointUrl, database: 'main' },
      { name: 'tax', endpointUrl, database: 'tax' },
    );
    expect(found).toEqual([['shared-database', 'stock', 'prices']]);
  });

  it('shows what is away', async () => {
    const fallback = { use: () => 1, description: 'last' };
    const { map, registry } = await open([
      { name: 'stock', endpointUrl, criticality: 'degraded', dependsOn: ['erp'], fallback },
      { name: 'mail', requestQueue: 'mail' },
    ]);
    registry.circuitBreaker('stock').forceOpen();
    const [stock, mail] = map.toJSON().dependencies;
    const waited = { coupling: 'temporal', pattern: 'synchronous', timeoutMs: 5_000 };
    expect(stock).toMatchObject({ circuit: 'forced-open', ...waited, fallback: 'last' });
    expect(mail).toMatchObject({ coupling: 'platform', pattern: 'asynchronous', via: 'queue' });
    expect(map.toMermaid().split('\n')).toEqual([
      'flowchart LR',
      '  s0["order"]',
      '  s0 -->|degraded| s1["stock"]',
      '  s1 --> s2["erp"]',
      '  class s1 away',
      '  s0 -.->|critical| s3["mail"]',
      '  classDef away stroke:#c00,stroke-width:3px',
      '',
    ]);
  });
});
