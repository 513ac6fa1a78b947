import { FaultList } from '../../kernel/index.js';
import { UnknownPolicyError } from '../errors/unknown-policy.error.js';
import { LivePipeline } from '../parts/live-pipeline.js';
import { LivePolicies, type LiveEnvironment } from '../parts/live-policies.js';
import type { MethodDeclaration } from './method-declaration.js';
import { PipelinePlanner } from './plan-pipeline.js';
import type { PolicyConfiguration } from './policy-configuration.js';
import { SharedDeclarations } from './shared-declarations.js';

/** The kinds of policies that can be looked at by name. */
type Inspectable = 'circuitBreaker' | 'bulkhead';
const TITLES = { circuitBreaker: 'circuit', bulkhead: 'bulkhead' } as const;

/** All policies and pipelines that are alive: the shared ones by name, those of methods by declaration. */
export class PolicyDirectory {
  private readonly declared = new SharedDeclarations();
  /** By declaration, not by what it is called: two classes of one name have nothing in common. */
  private readonly pipelines = new Map<MethodDeclaration, LivePipeline>();
  private readonly shared = new Map<string, LivePolicies>();
  private announced: (() => MethodDeclaration)[] = [];
  private planner: PipelinePlanner;

  constructor(
    configuration: PolicyConfiguration,
    private readonly environment: LiveEnvironment,
  ) {
    this.planner = new PipelinePlanner(configuration, this.declared);
  }

  get all(): Iterable<LivePipeline> {
    return this.pipelines.values();
  }

  *policies(): IterableIterator<LivePolicies> {
    yield* this.shared.values();
    for (const pipeline of this.pipelines.values()) yield pipeline.own;
  }

  declare(declarations: readonly MethodDeclaration[]): void {
    const faults = new FaultList('Resilience policies');
    for (const declaration of declarations) this.declared.add(declaration, faults);
    faults.throwIfAny();
  }

  announce(declaration: () => MethodDeclaration): void {
    this.announced.push(declaration);
  }

  pipelineFor(declaration: MethodDeclaration): LivePipeline {
    const known = this.pipelines.get(declaration);
    if (known) return known;
    this.declareAnnounced();
    const faults = new FaultList(`Resilience of ${declaration.name}`);
    this.declared.add(declaration, faults);
    const plan = this.planner.plan(declaration, faults);
    faults.throwIfAny();
    const pipeline = new LivePipeline(plan, this.environment, this.findShared);
    this.pipelines.set(declaration, pipeline);
    return pipeline;
  }

  /** Plans everything anew first, so that either all of it changes or nothing. Answers the pipelines that have changed. */
  follow(configuration: PolicyConfiguration, faults: FaultList): readonly LivePipeline[] {
    const planner = new PipelinePlanner(configuration, this.declared);
    const plans = [...this.pipelines].map(([declaration, pipeline]) => {
      return { pipeline, plan: planner.plan(declaration, faults) };
    });
    faults.throwIfAny();
    this.planner = planner;
    this.followUnused();
    return plans.filter(({ pipeline, plan }) => pipeline.follow(plan)).map(({ pipeline }) => pipeline);
  }

  /** Where the machines of a name are. @throws {UnknownPolicyError} */
  find<K extends Inspectable>(kind: K, name: string): NonNullable<LivePolicies[K]> {
    this.declareAnnounced();
    const options = this.planner.sharedOptions(kind, name);
    if (options !== undefined) this.findShared(name).configure(kind, options);
    const owners = [this.shared.get(name), ...this.ownersNamed(name)].flatMap((policies) => policies?.[kind] ?? []);
    const [found, ...others] = options === undefined ? owners : owners.slice(0, 1);
    if (found === undefined) throw new UnknownPolicyError(TITLES[kind], name, this.namesOf(kind));
    if (others.length > 0) {
      const why = `${owners.length} classes have a method of this name, and each has its own; give one a name`;
      throw new UnknownPolicyError(TITLES[kind], name, this.namesOf(kind), why);
    }
    return found as NonNullable<LivePolicies[K]>;
  }

  /** What is wrong with them is said when they are called themselves. */
  private declareAnnounced(): void {
    const { announced } = this;
    this.announced = [];
    const unsaid = new FaultList('');
    for (const declaration of announced) this.declared.add(declaration(), unsaid);
  }

  private namesOf(kind: Inspectable): readonly string[] {
    const declared = this.planner.names.filter((name) => this.planner.sharedOptions(kind, name) !== undefined);
    const alive = [...this.policies()].filter((policies) => policies[kind] !== undefined);
    return [...new Set([...declared, ...alive.map(({ name }) => name)])];
  }

  private ownersNamed(name: string): readonly LivePolicies[] {
    return [...this.pipelines.values()].map(({ own }) => own).filter((own) => own.name === name);
  }

  /** Policies that were looked at by name, and that no pipeline has brought up to date. */
  private followUnused(): void {
    for (const [name, policies] of this.shared) {
      for (const kind of policies.kinds) {
        const options = this.planner.sharedOptions(kind, name);
        if (options === undefined) policies.drop(kind);
        else policies.configure(kind, options);
      }
      if (policies.kinds.length === 0) this.shared.delete(name);
    }
  }

  private readonly findShared = (name: string): LivePolicies => {
    let policies = this.shared.get(name);
    if (!policies) this.shared.set(name, (policies = new LivePolicies(name, true, this.environment)));
    return policies;
  };
}
