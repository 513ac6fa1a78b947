import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { eventTypeOf } from './event-sourcing/event-types/event-type.decorator.js';
import { createFeatureProviders } from './event-sourcing/runtime.js';
import { FaultList } from './kernel/index.js';
import type { LooseCouplingFeatureOptions } from './loose-coupling.module-options.js';
import { ServiceClients, type ServiceContract } from './services/index.js';
import { MessageHandlerRegistry, type MessageContract } from './messaging/index.js';

const KNOWN = [
  'imports',
  'events',
  'aggregates',
  'deciders',
  'upcasters',
  'projections',
  'processManagers',
  'services',
];
/** Of the design, and not of this version; better refused than ignored. */
const LATER = ['queues'];

/** One `LooseCouplingModule.forFeature`. */
@Module({})
export class LooseCouplingFeatureModule {
  /** @throws {InvalidOptionsError} listing everything that is wrong */
  static create(options: LooseCouplingFeatureOptions): DynamicModule {
    check(options);
    const { imports = [], events = [], services = [], ...eventSourcing } = options;
    const contracts = events.filter((event) => typeof event !== 'function');
    const classes = events.filter((event) => typeof event === 'function');
    const { providers, exports } = createFeatureProviders(eventSourcing, classes);
    return {
      module: LooseCouplingFeatureModule,
      imports: [...imports],
      providers: [...providers, ...announcement(contracts), ...servicesOf(services)],
      exports: [...exports],
    };
  }
}

function announcement(events: readonly MessageContract[]): Provider[] {
  if (events.length === 0) return [];
  const announce = (registry: MessageHandlerRegistry) => {
    registry.announce(events);
    return events;
  };
  return [{ provide: Symbol('announced events'), useFactory: announce, inject: [MessageHandlerRegistry] }];
}

/** Each must be configured: a feature that cannot call what it calls is found at start. */
function servicesOf(contracts: readonly ServiceContract[]): Provider[] {
  if (contracts.length === 0) return [];
  const open = (clients: ServiceClients) => contracts.map((contract) => clients.get(contract));
  return [{ provide: Symbol('announced services'), useFactory: open, inject: [ServiceClients] }];
}

function check(options: LooseCouplingFeatureOptions): void {
  const faults = new FaultList('LooseCouplingModule.forFeature');
  const given = options as Record<string, unknown>;
  for (const key of LATER) {
    const value = given[key];
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!empty) faults.say(`${key}: not available in this version`);
  }
  faults.unknownKeys('', given, [...KNOWN, ...LATER]);
  for (const key of KNOWN) {
    if (given[key] !== undefined && !Array.isArray(given[key])) faults.add(key, 'a list', given[key]);
  }
  checkEvents(faults, given['events']);
  faults.throwIfAny();
}

function checkEvents(faults: FaultList, events: unknown): void {
  if (!Array.isArray(events)) return;
  events.forEach((event: unknown, index) => {
    const fits = typeof event === 'function' ? eventTypeOf(event) !== undefined : isEventContract(event);
    if (!fits) faults.add(`events[${index}]`, 'an event made by defineEvent, or a class with @EventType', event);
  });
}

const isEventContract = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && (event as { kind?: unknown }).kind === 'event';
