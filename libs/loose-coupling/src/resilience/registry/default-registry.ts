import { ResilienceRegistry } from './resilience-registry.js';

let registry: ResilienceRegistry | undefined;

/** The registry of plain classes, which no application has bound to its own. Made when it is first asked for. */
export function defaultResilienceRegistry(): ResilienceRegistry {
  registry ??= new ResilienceRegistry();
  return registry;
}
