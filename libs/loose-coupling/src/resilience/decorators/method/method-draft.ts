import type { FallbackOptions, PolicyKind } from '../../options/policy-options.js';
import type { DeclaredPolicy, MethodDeclaration } from '../../registry/method-declaration.js';
import type { MethodReturns } from './method-returns.js';

/** What one decorator says. */
export interface Declared {
  readonly policy?: DeclaredPolicy;
  /** May be said several times: a chain. */
  readonly fallback?: FallbackOptions;
  readonly settings?: MethodSettings;
  readonly returns?: MethodReturns;
}

export interface MethodSettings {
  readonly policy?: string;
  readonly order?: readonly PolicyKind[];
}

/** What the decorators of one method, or of one class, have said so far. */
export class MethodDraft {
  private readonly policies = new Map<PolicyKind, DeclaredPolicy>();
  private fallbacks: readonly FallbackOptions[] = [];
  private settings: MethodSettings | undefined;

  /** What `declared` says was said before: then it is not added. */
  add({ policy, fallback, settings }: Declared): 'added' | 'repeated' {
    if (policy) {
      if (this.policies.has(policy.kind)) return 'repeated';
      this.policies.set(policy.kind, policy);
    }
    if (settings) {
      if (this.settings) return 'repeated';
      this.settings = settings;
    }
    if (fallback) {
      // Decorators are applied from the lowest up: what comes later is written, and tried, before.
      this.fallbacks = [fallback, ...this.fallbacks];
      this.policies.set('fallback', { kind: 'fallback', options: this.fallbacks });
    }
    return 'added';
  }

  /** All of it, with `defaults` for the kinds and settings of which this says nothing. */
  declare(name: string, defaults: MethodDraft | undefined): MethodDeclaration {
    const policies = new Map([...(defaults?.policies ?? []), ...this.policies]);
    return { name, ...defaults?.settings, ...this.settings, policies: [...policies.values()] };
  }
}
