import { FaultList } from '../../kernel/index.js';
import { compilePattern, InvalidEventPatternError, type MessageContract } from '../../messaging/index.js';
import type { Route, RoutesDefinition, RouteTarget } from './route.js';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const TARGETS = ['event', 'command', 'queue', 'topic', 'bus', 'service'] as const;
export type TargetKind = (typeof TARGETS)[number];

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

export const kindOf = (target: RouteTarget): TargetKind | undefined => TARGETS.find((kind) => kind in target);

/** @throws {InvalidOptionsError} listing everything that is wrong */
export function checkRoutes(definition: RoutesDefinition): void {
  const { name, from, routes, match, unmatched, handler } = definition;
  const faults = new FaultList(`defineRoutes(${JSON.stringify(name)})`);
  faults.unknownKeys('', definition, ['name', 'from', 'routes', 'match', 'unmatched', 'handler']);
  if (typeof name !== 'string' || !NAME.test(name)) faults.add('name', 'lower-case letters, digits and "-"', name);
  const contract = from as MessageContract | undefined;
  if (contract?.kind !== 'event' && contract?.kind !== 'command') faults.add('from', 'an event or command', from);
  faults.oneOf('match', match, ['all', 'first']);
  faults.oneOf('unmatched', unmatched, ['discard', 'dead-letter']);
  if (handler !== undefined && !isObject(handler)) faults.add('handler', 'an object of options', handler);
  if (!Array.isArray(routes) || routes.length === 0) faults.add('routes', 'a list of at least one', routes);
  else {
    const names = new Set<string>();
    for (const [index, each] of (routes as readonly Route[]).entries()) {
      if (!isObject(each)) {
        faults.add(`routes[${index}]`, 'an object', each);
        continue;
      }
      const own = each.name ?? String(index);
      if (names.has(own)) faults.say(`routes[${index}].name: "${own}" is the name of another route, too`);
      names.add(own);
      checkRoute(faults, `routes[${index}]`, each);
    }
  }
  faults.throwIfAny();
}

function checkRoute(faults: FaultList, path: string, given: Route): void {
  const { to, pattern, transform } = given;
  faults.unknownKeys(path, given, ['name', 'pattern', 'to', 'transform']);
  const kind = isObject(to) ? kindOf(to) : undefined;
  if (!kind) faults.add(`${path}.to`, `{ ${TARGETS.join(' | ')} }`, to);
  else checkTarget(faults, `${path}.to.${kind}`, kind, to as unknown as Record<string, unknown>);
  const isTransform = typeof transform === 'function' || typeof transform?.translate === 'function';
  if (transform !== undefined && !isTransform)
    faults.add(`${path}.transform`, 'a function or a translation', transform);
  if (pattern === undefined) return;
  try {
    compilePattern(pattern, path);
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    for (const fault of error.faults) faults.say(`${path}.${fault}`);
  }
}

function checkTarget(faults: FaultList, path: string, kind: TargetKind, to: Record<string, unknown>): void {
  const value = to[kind];
  if (kind === 'event' || kind === 'command') {
    if ((value as MessageContract | undefined)?.kind !== kind)
      faults.add(path, `made by define${kind === 'event' ? 'Event' : 'Command'}`, value);
  } else if (kind === 'service') {
    if (typeof to['operation'] !== 'string')
      faults.add(`${path}.operation`, 'the name of an operation', to['operation']);
  } else if (typeof value !== 'string' || value === '') faults.add(path, 'a name', value);
}
