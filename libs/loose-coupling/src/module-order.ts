import type { ModulesContainer } from '@nestjs/core';

/**
 * Has a module initialised last and shut down first. To be called while modules are constructed, before any hook runs.
 *
 * Nest runs the hooks of modules by their distance from the root module: the largest first at start, the smallest
 * first at shutdown. Global modules have the largest distance there is, so that one of those could stop receiving
 * only after everything that its handlers use was destroyed.
 */
export function placeNearest(modules: ModulesContainer, moduleClass: object): void {
  for (const module of modules.values()) {
    // A Nest to come may order its modules otherwise.
    if (module.metatype === moduleClass && typeof (module as { distance?: unknown }).distance === 'number') {
      module.distance = Number.MIN_SAFE_INTEGER;
    }
  }
}
