type Range = readonly [from: number, to: number];

/** Which messages are done with: all up to one, and stretches after it, where others are held up. Immutable. */
export class SettledMessages {
  constructor(
    readonly through: number = 0,
    readonly ranges: readonly Range[] = [],
  ) {}

  has(id: number): boolean {
    return id <= this.through || this.ranges.some(([from, to]) => from <= id && id <= to);
  }

  /** How many of the first `last` messages. */
  countThrough(last: number): number {
    let count = Math.min(this.through, last);
    for (const [from, to] of this.ranges) if (from <= last) count += Math.min(to, last) - from + 1;
    return count;
  }

  with(ids: readonly number[]): SettledMessages {
    return fromRanges([[1, this.through], ...this.ranges, ...ids.map((id): Range => [id, id])]);
  }

  without(ids: readonly number[]): SettledMessages {
    let ranges: Range[] = [[1, this.through], ...this.ranges];
    for (const id of ids) {
      ranges = ranges.flatMap(([from, to]): Range[] =>
        id < from || id > to
          ? [[from, to]]
          : [
              [from, id - 1],
              [id + 1, to],
            ],
      );
    }
    return fromRanges(ranges);
  }
}

function fromRanges(ranges: readonly Range[]): SettledMessages {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.filter(([first, last]) => first <= last).toSorted(([one], [other]) => one - other)) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  const [first] = merged;
  return first?.[0] === 1 ? new SettledMessages(first[1], merged.slice(1)) : new SettledMessages(0, merged);
}
