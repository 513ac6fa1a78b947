import type { SnapshotOptions } from '../snapshots/snapshot-policy.js';
import type { EventClass } from '../event-types/event-type.decorator.js';

export interface AggregateOptions<A extends object = never> {
  /** Streams are named `<category>-<id>`. Must never change. Default: the class name in lower case. */
  readonly category?: string;
  /** Events that no `@Apply` names: those with an `on<ClassName>` method, or without effect on the state. */
  readonly events?: readonly EventClass[];
  /**
   * Makes snapshots, so that loading need not begin at the first event. They hold the own enumerable fields, which must be
   * JSON, or what `toSnapshot()` returns and `fromSnapshot(state)` takes. Default: none are made.
   */
  readonly snapshot?: SnapshotOptions<A>;
}

const KEY = Symbol.for('nestjs-loose-coupling:aggregate');
type Marked = { [KEY]?: AggregateOptions };

/** Says how an aggregate is stored. */
export const Aggregate =
  <A extends object = object>(options: AggregateOptions<A>): ClassDecorator =>
  (target) => {
    Object.defineProperty(target, KEY, { value: options, configurable: true });
  };

export const aggregateOptionsOf = (aggregate: object): AggregateOptions => (aggregate as Marked)[KEY] ?? {};
