import type { FaultList } from '../../kernel/index.js';
import { checkOrder, checkPolicyOptions } from '../options/check-policy-options.js';
import { mergeOptions } from '../options/merge-options.js';
import { CANONICAL_ORDER, type PolicyKind, type PolicyOptions } from '../options/policy-options.js';
import type { OptionsOf } from '../parts/live-part.js';
import type { PipelinePlan, PlannedPolicy } from '../parts/pipeline-plan.js';
import type { DeclaredPolicy, MethodDeclaration } from './method-declaration.js';
import type { PolicyConfiguration } from './policy-configuration.js';
import type { SharedDeclarations } from './shared-declarations.js';

/** Decides which policies a method has, whose state they use and with which options. */
export class PipelinePlanner {
  constructor(
    private readonly configuration: PolicyConfiguration,
    private readonly declared: SharedDeclarations,
  ) {}

  /** Adds what is wrong; what is returned is of use only when nothing was added. */
  plan(declaration: MethodDeclaration, faults: FaultList): PipelinePlan {
    const { name: method, policy: name } = declaration;
    const own = declaration.policies.flatMap((policy) => this.planOne(method, policy, faults) ?? []);
    checkOrder(faults, `${method} order`, declaration.order);
    const whole = name === undefined ? undefined : this.configuration.policies.get(name);
    if (name !== undefined && !whole) faults.say(`${method} policy "${name}": is not configured; ${this.knownNames()}`);
    const kinds = new Set(own.map(({ kind }) => kind));
    const inherited = CANONICAL_ORDER.filter((kind) => whole?.options[kind] !== undefined && !kinds.has(kind));
    const policies = [...own, ...inherited.flatMap((kind) => this.planOne(method, { kind, name }, faults) ?? [])];
    return { name: method, policies, order: declaration.order ?? whole?.order };
  }

  /** Options of a policy that is shared under a name, the configuration's before those a decorator gave; undefined: there is none. */
  sharedOptions<K extends PolicyKind>(kind: K, name: string): OptionsOf<K> | undefined {
    const configured = this.configuration.policies.get(name)?.options[kind];
    const options = mergeOptions(kind, this.declared.optionsOf(kind, name), configured);
    return options && this.withDefaults(kind, options);
  }

  /** Names that somebody has configured, or declared with options. */
  get names(): readonly string[] {
    return [...new Set([...this.configuration.policies.keys(), ...this.declared.names])];
  }

  private planOne<K extends PolicyKind>(
    method: string,
    { kind, name, key, options: given }: DeclaredPolicy<K>,
    faults: FaultList,
  ): PlannedPolicy<K> | undefined {
    const path = name === undefined ? `${method} ${kind}` : `${method} ${kind} "${name}"`;
    const options =
      name === undefined ? this.withDefaults(kind, (given ?? {}) as OptionsOf<K>) : this.sharedOptions(kind, name);
    if (options === undefined) {
      faults.say(`${path}: nobody has configured it, or declared it with options; ${this.knownNames(kind)}`);
      return undefined;
    }
    checkPolicyOptions(faults, path, kind, options);
    return { kind, shared: name, options, key };
  }

  private withDefaults<K extends PolicyKind>(kind: K, options: OptionsOf<K>): OptionsOf<K> {
    return mergeOptions(kind, this.configuration.defaults[kind], options as PolicyOptions[K]) as OptionsOf<K>;
  }

  private knownNames(kind?: PolicyKind): string {
    const names = kind
      ? this.names.filter((name) => this.sharedOptions(kind, name) !== undefined)
      : [...this.configuration.policies.keys()];
    return names.length > 0 ? `known are ${names.join(', ')}` : 'none is known';
  }
}
