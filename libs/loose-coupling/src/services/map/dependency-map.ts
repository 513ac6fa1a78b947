import type { Dependency, Finding } from './dependency.js';
import { findFaults } from './find-faults.js';
import { toMermaid } from './to-mermaid.js';

/** What this service depends on, as it is now. */
export interface DependencyReport {
  readonly service: string;
  readonly dependencies: readonly Dependency[];
  readonly findings: readonly Finding[];
}

/** The services that are configured, as a map. Asks nothing of them. */
export class DependencyMap {
  constructor(
    private readonly service: string,
    private readonly clients: { dependencies(): Dependency[] },
  ) {}

  /** For `JSON.stringify`, an endpoint, a page. */
  toJSON(): DependencyReport {
    const dependencies = this.clients.dependencies();
    return { service: this.service, dependencies, findings: findFaults(this.service, dependencies) };
  }

  /** A Mermaid flowchart. */
  toMermaid(): string {
    return toMermaid(this.service, this.clients.dependencies());
  }
}
