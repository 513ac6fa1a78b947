import type { EventClass } from '../event-types/event-type.decorator.js';

export interface AggregateOptions {
  /** Streams are named `<category>-<id>`. Must never change. Default: the class name in lower case. */
  readonly category?: string;
  /** Events that no `@Apply` names: those with an `on<ClassName>` method, or without effect on the state. */
  readonly events?: readonly EventClass[];
}

const KEY = Symbol.for('nestjs-loose-coupling:aggregate');
type Marked = { [KEY]?: AggregateOptions };

/** Says how an aggregate is stored. */
export const Aggregate =
  (options: AggregateOptions): ClassDecorator =>
  (target) => {
    Object.defineProperty(target, KEY, { value: options, configurable: true });
  };

export const aggregateOptionsOf = (aggregate: object): AggregateOptions => (aggregate as Marked)[KEY] ?? {};
