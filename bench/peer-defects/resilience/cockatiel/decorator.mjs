import 'reflect-metadata';
import { decorate } from '../scenario.mjs';

export const decorator = [
  {
    id: 'cockatiel-12',
    title: 'The decorator drops metadata, name and length, adds an argument and takes a trailing signal away',
    async run({ usePolicy, noop }) {
      class Orders {
        async find(_id, limit = 10) {
          return typeof limit;
        }
        async watch(_id, signal) {
          return signal instanceof AbortSignal;
        }
      }
      Reflect.defineMetadata('roles', ['admin'], Orders.prototype.find);
      decorate(Orders.prototype, 'find', usePolicy(noop));
      decorate(Orders.prototype, 'watch', usePolicy(noop));
      const { find } = Orders.prototype;
      const limit = await new Orders().find(1);
      const signal = await new Orders().watch(1, new AbortController().signal);
      const roles = Reflect.getMetadata('roles', find);
      return {
        defective: roles === undefined && find.length === 0 && limit === 'object' && !signal,
        seen: `roles ${roles}, name “${find.name}”, length ${find.length}; find(1) got an ${limit} for \`limit = 10\`; watch got ${signal ? 'its' : 'no'} signal`,
      };
    },
  },
];
