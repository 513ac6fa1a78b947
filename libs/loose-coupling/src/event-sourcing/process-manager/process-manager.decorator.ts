export interface ProcessManagerOptions<State extends object = Record<string, unknown>> {
  /** The state of a new instance, any JSON data; properties added later have these values in older instances too. Default {}. */
  readonly initialState?: State;
  /**
   * Queue that all its events are received from, unless a decorator names another; those of ordered contracts from one
   * ending in `.fifo`. Default: one for each event, as `@OnEvent` has it.
   */
  readonly queue?: string;
  /**
   * Events of the own store are taken in by so many readers at the same time, those of one stream by one of them. Default 1:
   * in the order of the feed. With another number they are read from the beginning again, without effect.
   */
  readonly partitions?: number;
}

/** What `@ProcessManager` says. */
export interface ProcessManagerMetadata {
  readonly name: string;
  readonly options: ProcessManagerOptions<object>;
}

const KEY = Symbol.for('nestjs-loose-coupling:process-manager');
type Marked = { [KEY]?: ProcessManagerMetadata };

/**
 * A provider whose methods carry a long-running process on, one input at a time; listed in `forFeature({ processManagers })`.
 * Each instance has a stream of its own, `pm-<name>-<id>`, so the name must never change.
 *
 * @example
 * @ProcessManager('order-fulfilment')
 * export class OrderFulfilment {
 *   @StartedBy(OrderPlaced, (order) => order.orderId)
 *   placed(order: EventOf<typeof OrderPlaced>, process: Process): void {
 *     process.send(ReserveStock, { orderId: order.orderId });
 *   }
 * }
 */
export function ProcessManager<State extends object>(
  name: string,
  options: ProcessManagerOptions<State> = {},
): ClassDecorator {
  return (target) => {
    Object.defineProperty(target, KEY, {
      value: { name, options } satisfies ProcessManagerMetadata,
      configurable: true,
    });
  };
}

export const processManagerMetadataOf = (owner: object): ProcessManagerMetadata | undefined =>
  Object.hasOwn(owner, KEY) ? (owner as Marked)[KEY] : undefined;
