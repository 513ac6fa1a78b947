import type { LeafTest } from './pattern-compilation.js';

/** A compiled part of a pattern. */
export interface PatternNode {
  /** Whether it matches where there is nothing: all of its tests are `exists: false`. */
  readonly matchesNothing: boolean;
  /** `absenceCounts` false leaves `exists: false` out of account. */
  matches(value: unknown, absenceCounts: boolean): boolean;
}

/** Tests of one field. A list in the event matches when any of its elements does. */
export class LeafNode implements PatternNode {
  constructor(
    private readonly test: LeafTest,
    readonly matchesNothing: boolean,
  ) {}

  matches(value: unknown, absenceCounts: boolean): boolean {
    if (typeof value !== 'object' || value === null) {
      return value === undefined ? this.matchesNothing && absenceCounts : this.test(value as Parameters<LeafTest>[0]);
    }
    return this.anyLeaf(value) || (this.matchesNothing && absenceCounts && !hasLeaf(value));
  }

  private anyLeaf(value: object): boolean {
    return (
      Array.isArray(value) &&
      value.some((element: unknown) =>
        typeof element === 'object' && element !== null
          ? this.anyLeaf(element)
          : element !== undefined && this.test(element as Parameters<LeafTest>[0]),
      )
    );
  }
}

/** Objects are not leaves: a field that holds one counts as absent, as it does for EventBridge. */
function hasLeaf(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasLeaf) : typeof value !== 'object' || value === null;
}

/** Fields that must all match. Of a list of objects, one element must match them all. */
export class ObjectNode implements PatternNode {
  readonly matchesNothing: boolean;

  constructor(
    private readonly fields: readonly (readonly [name: string, node: PatternNode])[],
    /** One of each list of alternatives must match the same object. */
    private readonly choices: readonly (readonly PatternNode[])[],
  ) {
    this.matchesNothing = this.matchesObject(undefined, true);
  }

  matches(value: unknown, absenceCounts: boolean): boolean {
    if (Array.isArray(value)) return this.matchesList(value, absenceCounts);
    const isObject = typeof value === 'object' && value !== null;
    return this.matchesObject(isObject ? (value as Record<string, unknown>) : undefined, absenceCounts);
  }

  /** Where nothing at all would match, one element with the field must not be hidden by another without it. */
  private matchesList(list: readonly unknown[], absenceCounts: boolean): boolean {
    if (!this.matchesNothing) return list.some((element) => this.matches(element, absenceCounts));
    return (
      (absenceCounts && list.every((element) => this.matches(element, true))) ||
      list.some((element) => this.matches(element, false))
    );
  }

  private matchesObject(object: Record<string, unknown> | undefined, absenceCounts: boolean): boolean {
    for (const [name, node] of this.fields) {
      const value = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
      if (!node.matches(value, absenceCounts)) return false;
    }
    return this.choices.every((nodes) => nodes.some((node) => node.matches(object, absenceCounts)));
  }
}
