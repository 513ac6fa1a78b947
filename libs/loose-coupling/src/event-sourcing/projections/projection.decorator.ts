import { FaultList } from '../../kernel/index.js';
import type { DocumentLists } from '../subscriptions/document-store.js';
import type { SubscriptionRetryOptions } from '../subscriptions/subscription-options.js';

export interface ProjectionOptions<Value = never> {
  /** Unique in the store, and not to be changed. */
  readonly name: string;
  /** Raise it when the read model changes: it is built anew beside the old one, which serves meanwhile. Default 1. */
  readonly version?: number;
  /**
   * `async` (default): follows the feed. `inline`: changes in the transaction of each commit, on SQLite and in memory;
   * a handler that throws refuses the commit, and one may not be asynchronous.
   */
  readonly mode?: 'async' | 'inline';
  /** The lists that a document stands in, by its value: names and places. Places are whole numbers. Default: none. */
  readonly lists?: (value: Value, key: string) => Readonly<Record<string, number | undefined>>;
  /** Events read, and made durable in one step, at most. Default 100. */
  readonly batchSize?: number;
  /** Milliseconds that a process that has died is waited for, when its death cannot be seen. Default 10,000. */
  readonly leaseDuration?: number;
  readonly retry?: SubscriptionRetryOptions;
}

/** What the decorator says, filled in. */
export interface DeclaredProjection extends Omit<ProjectionOptions, 'lists'> {
  readonly version: number;
  readonly mode: 'async' | 'inline';
  readonly lists?: (value: never, key: string) => DocumentLists;
}

const KEY = Symbol.for('nestjs-loose-coupling:projection');
type Marked = { [KEY]?: DeclaredProjection };

const KNOWN = ['name', 'version', 'mode', 'lists', 'batchSize', 'leaseDuration', 'retry'];

/**
 * A class that makes a read model of events, in methods marked `@On`. Listed in `forFeature({ projections })`.
 *
 * @example
 * @Projection<ListedOrder>({ name: 'order-list', lists: (order) => ({ all: order.place }) })
 * export class OrderList {
 *   @On(OrderWasPlaced)
 *   placed(event: OrderWasPlaced, { envelope, documents }: ProjectionContext<ListedOrder>) {
 *     documents.put(envelope.streamName, { customerId: event.customerId, place: envelope.position });
 *   }
 * }
 * @throws {InvalidOptionsError}
 */
export function Projection<Value>(options: ProjectionOptions<Value>): ClassDecorator {
  const { name, version = 1, mode = 'async', lists, ...rest } = options;
  const faults = new FaultList('@Projection');
  faults.unknownKeys('', options, KNOWN);
  if (typeof name !== 'string' || name.trim() === '') faults.add('name', 'a text that is not empty', name);
  faults.positiveInteger('version', version);
  faults.oneOf('mode', mode, ['async', 'inline']);
  if (lists !== undefined && typeof lists !== 'function') faults.add('lists', 'a function', lists);
  faults.throwIfAny();
  const declared: DeclaredProjection = {
    name,
    version,
    mode,
    ...rest,
    ...(lists && { lists: lists as unknown as NonNullable<DeclaredProjection['lists']> }),
  };
  return (target) => {
    Object.defineProperty(target, KEY, { value: Object.freeze(declared), configurable: true });
  };
}

/** What `@Projection` of the class says. */
export const projectionOf = (target: object): DeclaredProjection | undefined =>
  Object.hasOwn(target, KEY) ? (target as Marked)[KEY] : undefined;
