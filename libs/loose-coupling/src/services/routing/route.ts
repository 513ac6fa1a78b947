import type {
  EventOf,
  EventPattern,
  InputOf,
  MessageContext,
  MessageContract,
  OnEventOptions,
} from '../../messaging/index.js';
import type { ServiceContract } from '../contracts/service-contract.js';
import type { Translation } from './define-translation.js';

/** Where a route leads. `queue`, `topic` and `bus` take data as it is, without an envelope: for those who do not use this package. */
export type RouteTarget =
  | { readonly event: MessageContract }
  | { readonly command: MessageContract }
  /** Name of a queue of this application, or a URL or ARN. */
  | { readonly queue: string }
  /** Name of a topic of this application, or an ARN. */
  | { readonly topic: string }
  /** Name of a bus of this application, or an ARN. `detailType`: default the type of the message. */
  | { readonly bus: string; readonly detailType?: string }
  /** A service of the option `services`; it is called, with the id of the route as its idempotency key. */
  | { readonly service: string | ServiceContract; readonly operation: string };

/** What a target takes, where its type says so. */
type Taken<Target> = Target extends { readonly event: infer Contract } | { readonly command: infer Contract }
  ? InputOf<Contract>
  : unknown;

type Transform<Data, Result> =
  ((data: Data, context: MessageContext) => Result | Promise<Result>) | Translation<Result>;

export interface Route<Data = unknown, Target extends RouteTarget = RouteTarget> {
  /** Tells routes of one origin apart, for whoever gets the message. Default: its number. */
  readonly name?: string;
  /** An EventBridge pattern on the data. Default: everything. */
  readonly pattern?: EventPattern;
  readonly to: Target;
  /** Makes of the data what the target takes. Has no effect of its own: it may be called again. Default: the data as it is. */
  readonly transform?: Transform<Data, Taken<Target>>;
}

/** Ties the type of `transform` to that of its target. */
export const route = <const Target extends RouteTarget, Data = unknown>(definition: Route<Data, Target>): Route<Data> =>
  definition as unknown as Route<Data>;

export interface RoutesDefinition<From extends MessageContract = MessageContract> {
  /** Names the handler, and with it what it sends: lower-case letters, digits and "-". */
  readonly name: string;
  /** Event or command that is routed. */
  readonly from: From;
  readonly routes: readonly Route<EventOf<From>>[];
  /** `all` that match, or the `first` only. Default `all`. */
  readonly match?: 'all' | 'first';
  /** What becomes of a message that no route matches. Default `discard`. */
  readonly unmatched?: 'discard' | 'dead-letter';
  /** As of `@OnEvent`. */
  readonly handler?: Omit<OnEventOptions, 'filter' | 'inbox'>;
}
