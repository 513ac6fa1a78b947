import type { FaultList } from '../../kernel/index.js';
import { checkOrder, checkPolicyOptions } from '../options/check-policy-options.js';
import { mergeOptions } from '../options/merge-options.js';
import { recordOf } from '../options/option-checks.js';
import { CANONICAL_ORDER, type PolicyKind, type PolicyOptions } from '../options/policy-options.js';
import type { ConfiguredPolicy, PolicyConfiguration } from './policy-configuration.js';
import type { NamedPolicyOptions, ResilienceOptions } from './resilience.options.js';

const KNOWN: readonly (keyof ResilienceOptions)[] = ['policies', 'defaults', 'chaos'];
const KNOWN_OF_POLICY: readonly string[] = ['base', 'order', ...CANONICAL_ORDER];

/** Reads the configuration and adds what is wrong with it; what is returned is of use only when nothing was added. */
export function readConfiguration(options: unknown, faults: FaultList, path: string): PolicyConfiguration {
  const given = recordOf(faults, path, options, KNOWN) ?? {};
  faults.boolean(at(path, 'chaos'), given['chaos']);
  const defaults = readDefaults(given['defaults'], faults, at(path, 'defaults'));
  const policies = readPolicies(given['policies'], faults, at(path, 'policies'));
  return { policies, defaults, chaos: given['chaos'] === true };
}

/** Adds what is wrong with `resilience` of the module's options. */
export function validateResilienceOptions(options: unknown, faults: FaultList, path = 'resilience'): void {
  readConfiguration(options, faults, path);
}

function readDefaults(value: unknown, faults: FaultList, path: string): PolicyOptions {
  if (value === undefined) return {};
  const defaults = recordOf(faults, path, value, CANONICAL_ORDER) ?? {};
  for (const kind of kindsIn(defaults)) checkPolicyOptions(faults, at(path, kind), kind, defaults[kind]);
  return defaults;
}

function readPolicies(value: unknown, faults: FaultList, path: string): ReadonlyMap<string, ConfiguredPolicy> {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.add(path, 'an object of policies by name', value);
    return new Map();
  }
  const given = new Map<string, NamedPolicyOptions>();
  for (const [name, options] of Object.entries(value)) {
    if (recordOf(faults, at(path, name), options, KNOWN_OF_POLICY)) given.set(name, options as NamedPolicyOptions);
  }
  const reader = new PolicyReader(given, faults, path);
  return new Map([...given.keys()].map((name) => [name, reader.read(name)]));
}

/** Follows the bases of policies. */
class PolicyReader {
  private readonly done = new Map<string, ConfiguredPolicy>();

  constructor(
    private readonly given: ReadonlyMap<string, NamedPolicyOptions>,
    private readonly faults: FaultList,
    private readonly path: string,
  ) {}

  read(name: string, derived: readonly string[] = []): ConfiguredPolicy {
    const known = this.done.get(name);
    if (known) return known;
    const own = this.given.get(name) ?? {};
    const base = this.readBase(name, own.base, [...derived, name]);
    const path = at(this.path, name);
    checkOrder(this.faults, at(path, 'order'), own.order);
    const policy = { options: this.merge(base.options, own, path), order: own.order ?? base.order };
    this.done.set(name, policy);
    return policy;
  }

  private readBase(name: string, base: unknown, chain: readonly string[]): ConfiguredPolicy {
    const nothing = { options: {}, order: undefined };
    if (base === undefined) return nothing;
    const path = `${at(this.path, name)}.base`;
    if (typeof base !== 'string' || !this.given.has(base)) {
      this.faults.add(path, `the name of another policy (${[...this.given.keys()].join(', ')})`, base);
      return nothing;
    }
    if (chain.includes(base)) {
      this.faults.say(`${path}: is a base of itself: ${[...chain.slice(chain.indexOf(base)), base].join(' > ')}`);
      return nothing;
    }
    return this.read(base, chain);
  }

  private merge(base: PolicyOptions, own: NamedPolicyOptions, path: string): PolicyOptions {
    const merged: { [K in PolicyKind]?: PolicyOptions[PolicyKind] } = { ...base };
    for (const kind of kindsIn(own)) {
      merged[kind] = mergeOptions(kind, base[kind], own[kind]);
      checkPolicyOptions(this.faults, at(path, kind), kind, merged[kind]);
    }
    return merged as PolicyOptions;
  }
}

const kindsIn = (options: object): readonly PolicyKind[] =>
  CANONICAL_ORDER.filter((kind) => (options as PolicyOptions)[kind] !== undefined);

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
