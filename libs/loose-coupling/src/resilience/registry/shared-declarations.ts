import type { FaultList } from '../../kernel/index.js';
import type { PolicyKind, PolicyOptions } from '../options/policy-options.js';
import { sameOptions } from '../options/same-options.js';
import type { DeclaredPolicy, MethodDeclaration } from './method-declaration.js';

interface SharedPolicy {
  readonly options: PolicyOptions[PolicyKind];
  /** The method that gave the options. */
  readonly by: MethodDeclaration;
}

/** The options that decorators gave together with a name, for every method that says the name. */
export class SharedDeclarations {
  private readonly known = new Map<PolicyKind, Map<string, SharedPolicy>>();
  private readonly seen = new WeakSet<MethodDeclaration>();

  optionsOf<K extends PolicyKind>(kind: K, name: string): PolicyOptions[K] | undefined {
    return this.known.get(kind)?.get(name)?.options as PolicyOptions[K] | undefined;
  }

  get names(): readonly string[] {
    return [...new Set([...this.known.values()].flatMap((policies) => [...policies.keys()]))];
  }

  /** Takes note of one method, unless another has given a name other options: then it adds a fault. */
  add(declaration: MethodDeclaration, faults: FaultList): void {
    if (this.seen.has(declaration)) return;
    const given = declaration.policies.filter(hasNameAndOptions);
    const conflicts = given.filter((policy) => this.conflicts(policy, declaration, faults));
    if (conflicts.length > 0) return;
    this.seen.add(declaration);
    for (const { kind, name, options } of given) {
      let policies = this.known.get(kind);
      if (!policies) this.known.set(kind, (policies = new Map()));
      if (!policies.has(name)) policies.set(name, { options, by: declaration });
    }
  }

  private conflicts({ kind, name, options }: NamedWithOptions, by: MethodDeclaration, faults: FaultList): boolean {
    const known = this.known.get(kind)?.get(name);
    if (!known || sameOptions(known.options, options)) return false;
    faults.say(
      `${kind} "${name}": ${by.name} gives other options than ${known.by.name} did. ` +
        'Give them once, and in the other methods, or in resilience.policies, the name alone',
    );
    return true;
  }
}

type NamedWithOptions = DeclaredPolicy & { readonly name: string };

const hasNameAndOptions = (policy: DeclaredPolicy): policy is NamedWithOptions =>
  policy.name !== undefined && policy.options !== undefined;
