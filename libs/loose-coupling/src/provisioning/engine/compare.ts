import { resolveArns, type DesiredResource, type SeenResource } from '../model/resource.js';

export interface PropertyChange {
  readonly property: string;
  readonly from: string | undefined;
  /** Undefined where it depends on something that is not there yet. */
  readonly to: string | undefined;
}

/** What would have to be set. Properties that the file says nothing of are left as they are. */
export function compare(
  { properties }: DesiredResource,
  seen: SeenResource,
  arns: ReadonlyMap<string, string>,
): PropertyChange[] {
  return Object.entries(properties).flatMap(([property, wanted]) => {
    const to = resolveArns(wanted, arns);
    const from = seen.properties[property];
    return to !== undefined && from !== undefined && isSame(from, to) ? [] : [{ property, from, to }];
  });
}

const isSame = (one: string, other: string): boolean => one === other || canonical(one) === canonical(other);

/** JSON says the same in whatever order its keys are, and with or without spaces. */
function canonical(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  // AWS gives some numbers back as texts.
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
