import type { Provider, Type } from '@nestjs/common';
import type { FaultList } from '../../kernel/index.js';
import { EventUpcasters } from '../upcasting/event-upcasters.js';
import type { EventUpcaster, UpcasterFunction } from '../upcasting/upcaster.js';
import { stepOf, type UpcasterClass } from '../upcasting/upcaster.decorator.js';
import type { Feature } from './aggregate-feature.token.js';

/** Makes the upcasters of a feature known to all, before the chain is checked. */
export function upcasterFeature(upcasters: readonly (UpcasterClass | UpcasterFunction)[], faults: FaultList): Feature {
  const providers: Provider[] = [];
  upcasters.forEach((upcaster, index) => {
    const step = stepOf(upcaster);
    if (!step || typeof ownerOf(upcaster) !== 'function') {
      faults.add(`upcasters[${index}]`, 'a class with @Upcaster and a method upcast, or a defineUpcaster()', upcaster);
      return;
    }
    const isClass = typeof upcaster === 'function';
    const name = isClass ? upcaster.name : `the upcaster of ${step.type}@${step.version}`;
    if (isClass) providers.push(upcaster as Type);
    providers.push({
      provide: Symbol(`registered ${name}`),
      useFactory: (all: EventUpcasters, instance: EventUpcaster<never> = upcaster as UpcasterFunction) => {
        all.register(step, instance, name);
        return true;
      },
      inject: isClass ? [EventUpcasters, upcaster as Type] : [EventUpcasters],
    });
  });
  return { providers, exports: [] };
}

const ownerOf = (upcaster: UpcasterClass | UpcasterFunction): unknown =>
  (typeof upcaster === 'function' ? (upcaster.prototype as Partial<EventUpcaster<never>>) : upcaster).upcast;
