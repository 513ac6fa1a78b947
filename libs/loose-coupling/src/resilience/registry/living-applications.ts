import { defaultResilienceRegistry } from './default-registry.js';
import type { MethodDeclaration } from './method-declaration.js';
import type { ResilienceRegistry } from './resilience-registry.js';

/** The applications of this process that have started and not closed, for the classes that none of them has bound. */
class LivingApplications {
  /** Grows when one starts or closes. */
  changes = 0;
  private readonly registries = new Set<ResilienceRegistry>();
  private readonly announced: (() => MethodDeclaration)[] = [];

  /**
   * The only one's. Of several nobody knows whose a class is, so that the default registry runs it. When the last has closed, what it ran
   * goes on to meet it, as what it had bound does: it waits for nothing any more.
   */
  registryFor<Previous>(previous: Previous | undefined): Previous | ResilienceRegistry {
    const [only, ...others] = this.registries;
    if (only === undefined && previous !== undefined) return previous;
    return only === undefined || others.length > 0 ? defaultResilienceRegistry() : only;
  }

  add(registry: ResilienceRegistry): void {
    this.registries.add(registry);
    this.changes++;
    for (const declaration of this.announced) registry.announce(declaration);
  }

  delete(registry: ResilienceRegistry): void {
    if (this.registries.delete(registry)) this.changes++;
  }

  /** A method that gives a name options, which others may say before it is called: each registry is told that may run them. */
  announce(declaration: () => MethodDeclaration): void {
    this.announced.push(declaration);
    for (const registry of [defaultResilienceRegistry(), ...this.registries]) registry.announce(declaration);
  }
}

export const livingApplications = new LivingApplications();
