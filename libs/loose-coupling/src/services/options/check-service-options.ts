import type { FaultList } from '../../kernel/index.js';
import { checkDiscovery } from './check-discovery.js';

const KNOWN = [
  'name',
  'contract',
  'endpointUrl',
  'requestQueue',
  'discovery',
  'timeoutMs',
  'totalTimeoutMs',
  'policy',
  'retry',
  'circuitBreaker',
  'bulkhead',
  'responseTopic',
  'fallback',
  'auth',
  'maxResponseBytes',
  'maxConnections',
  'healthPath',
  'coupling',
  'pattern',
  'criticality',
  'dependsOn',
  'database',
];
const WAYS = ['endpointUrl', 'requestQueue', 'discovery'];
/** As contracts of events are named. */
const TOPIC = /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)*$/i;

/** Adds what is wrong with `services`. What is wrong with policies is found when they are made, which is at start too. */
export function checkServicesOptions(services: unknown, faults: FaultList): void {
  if (services === undefined) return;
  if (!Array.isArray(services)) return faults.add('services', 'a list', services);
  const names = new Set<unknown>();
  services.forEach((service: unknown, index) => {
    const path = `services[${index}]`;
    if (typeof service !== 'object' || service === null) return faults.add(path, 'an object', service);
    const given = service as Record<string, unknown>;
    if (names.has(given['name'])) faults.say(`${path}.name: "${String(given['name'])}" is there twice`);
    names.add(given['name']);
    checkService(faults, path, given);
  });
}

function checkService(faults: FaultList, path: string, given: Record<string, unknown>): void {
  faults.unknownKeys(path, given, KNOWN);
  checkText(
    faults,
    `${path}.name`,
    given['name'] ?? null,
    /^[a-z][a-z0-9-]{0,39}$/,
    'lower-case letters, digits and "-"',
  );
  const ways = WAYS.filter((way) => given[way] !== undefined);
  if (ways.length !== 1)
    faults.say(`${path}: expected exactly one of ${WAYS.join(', ')}, got ${ways.join(' and ') || 'none'}`);
  checkUrl(faults, `${path}.endpointUrl`, given['endpointUrl']);
  checkText(faults, `${path}.requestQueue`, given['requestQueue'], /\S/, 'the name of a queue');
  checkText(faults, `${path}.responseTopic`, given['responseTopic'], TOPIC, 'the name of an event');
  checkText(faults, `${path}.policy`, given['policy'], /\S/, 'the name of a policy');
  checkText(faults, `${path}.healthPath`, given['healthPath'], /^\//, 'a path that begins with "/"');
  faults.positiveInteger(`${path}.timeoutMs`, given['timeoutMs']);
  faults.positiveInteger(`${path}.totalTimeoutMs`, given['totalTimeoutMs']);
  faults.positiveInteger(`${path}.maxResponseBytes`, given['maxResponseBytes']);
  faults.positiveInteger(`${path}.maxConnections`, given['maxConnections']);
  faults.oneOf(`${path}.coupling`, given['coupling'], ['temporal', 'spatial', 'platform', 'data']);
  faults.oneOf(`${path}.pattern`, given['pattern'], ['synchronous', 'asynchronous', 'event_driven', 'streaming']);
  faults.oneOf(`${path}.criticality`, given['criticality'], ['critical', 'degraded', 'optional']);
  checkDiscovery(faults, `${path}.discovery`, given['discovery']);
  checkFallback(faults, `${path}.fallback`, given['fallback']);
  if (given['responseTopic'] !== undefined && given['requestQueue'] === undefined) {
    faults.say(`${path}.responseTopic: is for a requestQueue; over HTTP the answer comes on the connection`);
  }
  if (given['auth'] !== undefined && given['requestQueue'] !== undefined) {
    faults.say(`${path}.auth: is for HTTP; who may send to a queue is said by the queue's policy`);
  }
}

function checkText(faults: FaultList, path: string, value: unknown, pattern: RegExp, expected: string): void {
  if (value !== undefined && (typeof value !== 'string' || !pattern.test(value))) faults.add(path, expected, value);
}

function checkUrl(faults: FaultList, path: string, value: unknown): void {
  if (value === undefined) return;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    faults.add(path, 'an http or https URL without query and credentials', value);
  }
}

function checkFallback(faults: FaultList, path: string, value: unknown): void {
  const use = typeof value === 'object' && value !== null ? (value as { use?: unknown }).use : value;
  if (value !== undefined && typeof use !== 'function')
    faults.add(path, 'a function, or { use, on, description }', value);
}
