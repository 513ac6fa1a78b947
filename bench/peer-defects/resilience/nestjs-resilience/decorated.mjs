import { decorate } from '../scenario.mjs';

/** An instance of the class, whose method `find` is decorated with the strategies. */
export function decorated({ UseResilience }, strategies, type) {
  decorate(type.prototype, 'find', UseResilience(...strategies));
  return new type();
}
