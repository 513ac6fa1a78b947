import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { InvalidOptionsError } from '../../kernel/index.js';
import { bindInstance, bindResilience, retireResilience, unbindResilience } from '../decorators/registry-binding.js';
import type { MethodDeclaration } from '../registry/method-declaration.js';
import { livingApplications } from '../registry/living-applications.js';
import { ResilienceRegistry } from '../registry/resilience-registry.js';
import { askLast } from './ask-last.js';
import { faultsOf } from './faults-of.js';
import { missingFallbacks } from './missing-fallbacks.js';
import { classesOf, instancesOf } from './nest-classes.js';
import { ResilienceExceptionFilter } from './resilience-exception.filter.js';
import { RESILIENCE_SETTINGS, type ResilienceSettings } from './resilience-module.options.js';
import { SharedCircuits } from './shared-circuits.js';

/**
 * Gives the decorated methods of an application its registry, and takes it back. They have it as soon as the modules are
 * made, before any hook runs and any request comes.
 */
@Injectable()
export class ResilienceLifecycle {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly registry: ResilienceRegistry,
    private readonly sharedCircuits: SharedCircuits,
    config: ApplicationConfig,
    filter: ResilienceExceptionFilter,
    @Inject(RESILIENCE_SETTINGS) private readonly settings: ResilienceSettings,
  ) {
    if (settings.options.httpErrors !== false) askLast(config, filter);
    this.bind();
  }

  /**
   * Now the objects are there, also those that factories made.
   * @throws {InvalidOptionsError} with every fault of every decorated method
   */
  start(): void {
    this.bind([...new Set([...instancesOf(this.modules)].flatMap(missingFallbacks))]);
    for (const instance of instancesOf(this.modules)) bindInstance(instance, this.registry);
    livingApplications.add(this.registry);
    const description = this.registry.describe();
    if (description.pipelines.length > 0) this.settings.logger.debug?.(`Resilience:\n${description}`);
  }

  /** Ends queues, backoffs and other waits, so that nobody's shutdown waits for them. Requests in flight may finish: what runs is left alone. */
  endWaits(): void {
    this.registry.drain();
  }

  /** Nobody waits for what still runs: it is asked to stop. */
  async close(): Promise<void> {
    this.registry.close();
    livingApplications.delete(this.registry);
    retireResilience(this.registry);
    await this.sharedCircuits.close();
  }

  private bind(found: readonly string[] = []): void {
    const declarations = bindResilience(classesOf(this.modules), this.registry);
    const faults = [...this.faultsIn(declarations), ...this.unknownShared(declarations), ...found];
    if (faults.length === 0) return;
    unbindResilience(this.registry);
    throw new InvalidOptionsError('The resilience decorators of this application', faults);
  }

  /** Sharing a circuit that does not exist would share nothing, and say nothing. */
  private unknownShared(declarations: readonly MethodDeclaration[]): readonly string[] {
    const { sharedState, policies = {} } = this.settings.options;
    const declared = declarations.flatMap(({ name, policies: own }) => [
      name,
      ...own.flatMap((each) => each.name ?? []),
    ]);
    const known = new Set([...Object.keys(policies), ...declared]);
    return (sharedState?.policies ?? [])
      .filter((name) => !known.has(name))
      .map(
        (name) =>
          `sharedState.policies: there is no policy or method "${name}"; there are ${[...known].join(', ') || 'none'}`,
      );
  }

  /** Faults would otherwise show with the first call of each method. */
  private faultsIn(declarations: readonly MethodDeclaration[]): readonly string[] {
    const ofNames = faultsOf(() => this.registry.declare(declarations));
    const ofMethods = declarations.flatMap((each) => faultsOf(() => this.registry.pipelineFor(each)));
    return [...new Set([...ofNames, ...ofMethods])];
  }
}
