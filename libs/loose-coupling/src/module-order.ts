import type { ModulesContainer } from '@nestjs/core';

/**
 * Nest runs the hooks of modules by their distance from the root module: the largest first at start, the smallest
 * first at shutdown. Global modules have the largest distance there is, so on its own a global module could stop
 * receiving only after everything that its handlers use was destroyed.
 */
interface Placed {
  distance: number;
}

/** Initialised last and shut down first. To be called while modules are being constructed, before any hook runs. */
export const placeNearest = (modules: ModulesContainer, moduleClass: object): void =>
  place(modules, moduleClass, Number.MIN_SAFE_INTEGER);

/** Initialised first and shut down last. */
export const placeFarthest = (modules: ModulesContainer, moduleClass: object): void =>
  place(modules, moduleClass, Number.MAX_VALUE);

function place(modules: ModulesContainer, moduleClass: object, distance: number): void {
  for (const module of modules.values()) {
    if (module.metatype === moduleClass && typeof (module as Partial<Placed>).distance === 'number') {
      (module as Placed).distance = distance;
    }
  }
}
