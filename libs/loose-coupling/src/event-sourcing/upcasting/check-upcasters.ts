import { FaultList } from '../../kernel/index.js';
import type { StoredName, UpcastStep } from './upcaster.js';

/** A step and who takes it. */
export interface NamedStep extends UpcastStep {
  /** For messages. */
  readonly owner: string;
}

const show = ({ type, version }: StoredName): string => `${type}@${version}`;

/**
 * Every event that can be stored must come to a class that is known: no gap in the versions of a type, no way round in
 * a circle, no two ways from one version.
 * @param known names of classes, as `type@version`
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function checkUpcasters(steps: readonly NamedStep[], known: ReadonlyMap<string, string>): void {
  const faults = new FaultList('The upcasters');
  const byName = new Map<string, NamedStep>();
  for (const step of steps) {
    const name = show(step);
    const other = byName.get(name);
    if (other) faults.say(`${other.owner} and ${step.owner} both take ${name}; let one of them do it`);
    else byName.set(name, step);
    const eventClass = known.get(name);
    if (eventClass !== undefined) {
      faults.say(`${step.owner} takes ${name}, so the class ${eventClass} of that version is never loaded; remove one`);
    }
  }
  const versions = versionsOf(steps, known);
  for (const step of byName.values()) checkEnds(step, byName, known, versions, faults);
  for (const type of new Set(steps.map(({ type: name }) => name))) checkGaps(type, byName, known, versions, faults);
  checkCycles(byName, faults);
  faults.throwIfAny();
}

/** Versions of each type that a class or an upcaster takes. */
function versionsOf(steps: readonly NamedStep[], known: ReadonlyMap<string, string>): Map<string, number[]> {
  const versions = new Map<string, number[]>();
  const add = (type: string, version: number): void => {
    versions.set(type, [...(versions.get(type) ?? []), version]);
  };
  for (const { type, version } of steps) add(type, version);
  for (const name of known.keys()) {
    const at = name.lastIndexOf('@');
    add(name.slice(0, at), Number(name.slice(at + 1)));
  }
  return versions;
}

function checkEnds(
  { owner, targets }: NamedStep,
  byName: ReadonlyMap<string, NamedStep>,
  known: ReadonlyMap<string, string>,
  versions: ReadonlyMap<string, readonly number[]>,
  faults: FaultList,
): void {
  for (const target of targets) {
    const name = show(target);
    if (byName.has(name) || known.has(name)) continue;
    const others = versions.get(target.type) ?? [];
    // Within the versions of a type, it is a gap, which is told once.
    const upcast = [...byName.values()].some(({ type }) => type === target.type);
    if (upcast && target.version > Math.min(...others) && target.version < Math.max(...others)) continue;
    faults.say(
      `${owner} makes ${name}, which neither a class nor another upcaster takes` +
        (others.length > 0 ? `; known of ${target.type} are versions ${sorted(others).join(', ')}` : '') +
        `. Add an upcaster, or a class with @EventType('${target.type}', { version: ${target.version} }) to an ` +
        'aggregate or to forFeature({ events })',
    );
  }
}

/** From the first version that is known to the last, each must be taken. */
function checkGaps(
  type: string,
  byName: ReadonlyMap<string, NamedStep>,
  known: ReadonlyMap<string, string>,
  versions: ReadonlyMap<string, readonly number[]>,
  faults: FaultList,
): void {
  const taken = versions.get(type) ?? [];
  const last = Math.max(...taken);
  const missing: number[] = [];
  for (let version = Math.min(...taken) + 1; version < last; version += 1) {
    const name = show({ type, version });
    if (!byName.has(name) && !known.has(name)) missing.push(version);
  }
  if (missing.length === 0) return;
  faults.say(
    `there is a gap in ${type}: no upcaster takes version ${missing.join(', ')}, though version ${last} is known; ` +
      `add @Upcaster('${type}', { from: ${missing[0]}, … })`,
  );
}

function checkCycles(byName: ReadonlyMap<string, NamedStep>, faults: FaultList): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const at = path.indexOf(name);
    if (at >= 0) {
      faults.say(`${[...path.slice(at), name].join(' → ')} is a circle that never comes to a class`);
      return;
    }
    if (done.has(name)) return;
    for (const target of byName.get(name)?.targets ?? []) visit(show(target), [...path, name]);
    done.add(name);
  };
  for (const name of byName.keys()) visit(name, []);
}

const sorted = (versions: readonly number[]): number[] => [...new Set(versions)].toSorted((a, b) => a - b);
