import type { FaultList } from '../../kernel/index.js';

const KNOWN_OF_SOURCE: Readonly<Record<string, readonly string[]>> = {
  static: ['type', 'endpoints'],
  environment: ['type', 'variable'],
  dns: ['type', 'hostname', 'record', 'port', 'protocol', 'servers'],
};

/** Adds what is wrong with the option `discovery` of a service. */
export function checkDiscovery(faults: FaultList, path: string, discovery: unknown): void {
  if (discovery === undefined) return;
  if (typeof discovery !== 'object' || discovery === null) return faults.add(path, 'an object', discovery);
  const given = discovery as Record<string, unknown>;
  faults.unknownKeys(path, given, ['source', 'ttl', 'balancing', 'zone', 'ejection']);
  faults.duration(`${path}.ttl`, given['ttl']);
  faults.oneOf(`${path}.balancing`, given['balancing'], ['round-robin', 'least-pending', 'zone-first']);
  if (given['balancing'] === 'zone-first' && typeof given['zone'] !== 'string') {
    faults.add(`${path}.zone`, 'the zone of this instance, for zone-first', given['zone']);
  }
  checkEjection(faults, `${path}.ejection`, given['ejection']);
  checkSource(faults, `${path}.source`, given['source']);
}

function checkEjection(faults: FaultList, path: string, ejection: unknown): void {
  if (ejection === undefined || ejection === false) return;
  if (typeof ejection !== 'object' || ejection === null) return faults.add(path, 'an object, or false', ejection);
  const { consecutiveFailures, duration, maxDuration } = ejection as Record<string, unknown>;
  faults.unknownKeys(path, ejection, ['consecutiveFailures', 'duration', 'maxDuration']);
  faults.positiveInteger(`${path}.consecutiveFailures`, consecutiveFailures);
  faults.duration(`${path}.duration`, duration);
  faults.duration(`${path}.maxDuration`, maxDuration);
}

function checkSource(faults: FaultList, path: string, source: unknown): void {
  const given = (typeof source === 'object' && source !== null ? source : {}) as Record<string, unknown>;
  if (typeof given['discover'] === 'function') return;
  const known = KNOWN_OF_SOURCE[String(given['type'])];
  if (!known) return faults.add(path, '{ type: "static" | "environment" | "dns" … }, or a ServiceDiscovery', source);
  faults.unknownKeys(path, given, known);
  if (given['type'] === 'static' && !(Array.isArray(given['endpoints']) && given['endpoints'].length > 0)) {
    faults.add(`${path}.endpoints`, 'a list of at least one', given['endpoints']);
  }
  if (given['type'] !== 'dns') return;
  if (typeof given['hostname'] !== 'string') faults.add(`${path}.hostname`, 'a name', given['hostname']);
  faults.oneOf(`${path}.record`, given['record'], ['A', 'SRV']);
  faults.oneOf(`${path}.protocol`, given['protocol'], ['http', 'https']);
  faults.positiveInteger(`${path}.port`, given['port']);
}
