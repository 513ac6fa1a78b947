import 'reflect-metadata';
import { decorate, errorOf, sleep } from '../scenario.mjs';
import { decorated } from './decorated.mjs';

const ENOUGH = 100;

const timeout = ({ ResilienceFactory }, milliseconds) => ResilienceFactory.createTimeoutStrategy(milliseconds);

export const decorator = [
  {
    id: 'nestjs-resilience-1',
    title: 'The decorator drops metadata, name and length',
    async run(lib) {
      class Orders {
        async find(_id) {}
      }
      Reflect.defineMetadata('roles', ['admin'], Orders.prototype.find);
      const { find } = decorated(lib, [timeout(lib, 1_000)], Orders);
      const roles = Reflect.getMetadata('roles', find);
      return {
        defective: roles === undefined && find.length === 0 && find.name !== 'find',
        seen: `roles ${roles}, name “${find.name}”, length ${find.length}`,
      };
    },
  },
  {
    id: 'nestjs-resilience-2',
    title: 'super.method() of an overridden decorated method calls itself without end',
    async run(lib) {
      class Base {
        async find() {
          return 'base';
        }
      }
      let depth = 0;
      class Derived extends Base {
        async find() {
          // Left alone, it ends in a stack overflow that takes the process along.
          if (++depth > ENOUGH) throw new RangeError(`It has called itself ${depth - 1} times.`);
          return `derived of ${await super.find()}`;
        }
      }
      decorate(Base.prototype, 'find', lib.UseResilience(timeout(lib, 1_000)));
      decorate(Derived.prototype, 'find', lib.UseResilience(timeout(lib, 1_000)));
      const error = await errorOf(() => new Derived().find());
      return { defective: error instanceof RangeError, seen: String(error ?? 'fine') };
    },
  },
  {
    id: 'nestjs-resilience-7',
    title: 'A timeout cancels nothing; synchronous and detached static methods throw',
    async run(lib) {
      let finished = false;
      class Slow {
        async find(...args) {
          await sleep(60);
          finished = !args.some((value) => value instanceof AbortSignal);
        }
      }
      const timedOut = await errorOf(() => decorated(lib, [timeout(lib, 20)], Slow).find());
      await sleep(80);

      class Synchronous {
        find() {
          return 1;
        }
      }
      const synchronous = await errorOf(() => decorated(lib, [timeout(lib, 1_000)], Synchronous).find());

      class Static {
        static async find() {
          return 'fine';
        }
      }
      decorate(Static, 'find', lib.UseResilience(timeout(lib, 1_000)));
      const { find } = Static;
      const detached = await errorOf(() => find());
      return {
        defective: timedOut instanceof lib.TimeoutException && finished && Boolean(synchronous) && Boolean(detached),
        seen: `the work ran on without a signal; synchronous: ${synchronous}; detached: ${detached}`,
      };
    },
  },
];
