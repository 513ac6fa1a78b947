import { FaultList } from '../../kernel/index.js';
import type {
  EventUpcaster,
  RawEvent,
  StoredName,
  UpcastResult,
  UpcasterFunction,
  UpcasterOptions,
  UpcastStep,
} from './upcaster.js';

/** A class of upcasters; Nest makes its instance, so it may inject what it needs. */
export type UpcasterClass = new (...args: never[]) => EventUpcaster<never>;

const KEY = Symbol.for('nestjs-loose-coupling:upcaster');
type Marked = { [KEY]?: UpcastStep };

/**
 * Marks a class that brings one version of a stored event to the next. Listed in `forFeature({ upcasters })`; it works
 * for aggregates, projections and process managers alike. Stored events do not change.
 *
 * @example
 * @Upcaster('order.placed', { from: 1, to: 2 })
 * class AddCurrency implements EventUpcaster {
 *   upcast({ data }: RawEvent) { return { data: { ...data, currency: 'EUR' } }; }
 * }
 * @throws {InvalidOptionsError} when a name or version cannot be stored, or `to` is not after `from`
 */
export function Upcaster(type: string, options: UpcasterOptions): (target: UpcasterClass) => void {
  const step = readStep('@Upcaster', type, options);
  return (target) => {
    Object.defineProperty(target, KEY, { value: step, configurable: true });
  };
}

/**
 * The same as a function, synchronous or not.
 *
 * @example
 * const addCurrency = defineUpcaster('order.placed', { from: 1, to: 2 }, ({ data }) => ({
 *   data: { ...data, currency: 'EUR' },
 * }));
 * @throws {InvalidOptionsError} as `@Upcaster` does
 */
export function defineUpcaster<Data = Readonly<Record<string, unknown>>>(
  type: string,
  options: UpcasterOptions,
  upcast: (event: RawEvent<Data>) => UpcastResult | Promise<UpcastResult>,
): UpcasterFunction {
  return { step: readStep('defineUpcaster', type, options), upcast };
}

/** What `@Upcaster` of the class, or `defineUpcaster`, says. */
export function stepOf(upcaster: unknown): UpcastStep | undefined {
  if (typeof upcaster === 'function') return Object.hasOwn(upcaster, KEY) ? (upcaster as Marked)[KEY] : undefined;
  return typeof upcaster === 'object' && upcaster !== null ? (upcaster as Partial<UpcasterFunction>).step : undefined;
}

function readStep(subject: string, type: string, { from, to }: UpcasterOptions): UpcastStep {
  const faults = new FaultList(`${subject}('${String(type)}')`);
  checkName('', { type, version: from }, faults, 'from');
  const targets: readonly StoredName[] = isList(to) ? to : [typeof to === 'number' ? { type, version: to } : to];
  targets.forEach((target, index) => {
    const path = isList(to) ? `to[${index}]` : 'to';
    checkName(path, target ?? {}, faults);
    if (target?.type === type && target.version <= from) {
      faults.say(`${path}: version ${target.version} of ${type} does not come after version ${from}`);
    }
  });
  faults.throwIfAny();
  return { type, version: from, targets };
}

const isList = <Item>(value: unknown): value is readonly Item[] => Array.isArray(value);

function checkName(
  path: string,
  { type, version }: Partial<StoredName>,
  faults: FaultList,
  versionPath = `${path}.version`,
): void {
  if (typeof type !== 'string' || type.trim() === '') faults.add(path ? `${path}.type` : 'type', 'a text', type);
  if (!Number.isSafeInteger(version) || (version as number) < 1) {
    faults.add(versionPath, 'a whole number above 0', version);
  }
}
