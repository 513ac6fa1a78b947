import { cockatiel } from './cockatiel.mjs';
import { nestjsResilience } from './nestjs-resilience.mjs';
import { opossum } from './opossum.mjs';

const numberOf = ({ id }) => Number(id.split('-').at(-1));
const inOrder = (defects) => [...defects].sort((one, other) => numberOf(one) - numberOf(other));

/**
 * `{ id, title, run(peer, { specifier }) → { defective, seen } }`. A test of ours, `[id]` in its title, holds the library
 * to the opposite.
 */
export const DEFECTS = {
  cockatiel: inOrder(cockatiel),
  opossum: inOrder(opossum),
  'nestjs-resilience': inOrder(nestjsResilience),
};
