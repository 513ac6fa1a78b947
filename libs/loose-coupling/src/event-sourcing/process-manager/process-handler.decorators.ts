import 'reflect-metadata';
import type { EventOf, MessageContract, OnEventOptions } from '../../messaging/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import type { EventClass } from '../event-types/event-type.decorator.js';
import type { Process } from './process.js';

/** The id of the instance that a message is for. */
export type Correlate<Data> = (data: Data) => string;

/** The same for an event of the service's own store; its stream often says it. */
export type CorrelateEvent<Event> = (event: Event, stored: EventEnvelope) => string;

/** What becomes of an input for an instance that nothing has started. */
export interface IfNotStarted {
  /** `retry` (default) fails, so that it comes again and is set aside in the end; `ignore` passes it by. */
  readonly ifNotStarted?: 'retry' | 'ignore';
}

export type ContinuedByOptions = OnEventOptions & IfNotStarted;

export interface InputDeclaration {
  readonly kind: 'input';
  readonly starts: boolean;
  /** A message, or a class of events in the own store. */
  readonly source: MessageContract | EventClass;
  readonly correlate: (data: never, stored: EventEnvelope) => string;
  readonly options: ContinuedByOptions;
}

export interface DeadlineDeclaration {
  readonly kind: 'deadline';
  readonly name: string;
}

export type HandlerDeclaration = InputDeclaration | DeadlineDeclaration;

/** Fits methods that take the data first and the `Process` second. */
export type InputDecorator<Data> = <
  Method extends (data: Data, process: Process<never>, ...rest: never[]) => void | Promise<void>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Fits methods that take the `Process`. */
export type DeadlineDecorator = <Method extends (process: Process<never>, ...rest: never[]) => void | Promise<void>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

const KEY = Symbol.for('nestjs-loose-coupling:process-handlers');

function declare(declaration: HandlerDeclaration) {
  return (_target: object, _key: string | symbol, { value }: { readonly value?: unknown }): void => {
    const method = value as object;
    Reflect.defineMetadata(KEY, [declaration, ...declarationsOf(method)], method);
  };
}

/** What the decorators on a method declare, in the order they are written. */
export const declarationsOf = (method: object): readonly HandlerDeclaration[] =>
  (Reflect.getOwnMetadata(KEY, method) as HandlerDeclaration[] | undefined) ?? [];

/**
 * Handles a message, or an event of the service's own store, and starts the instance it is for where there is none.
 * Messages come in any order, so more than one may start a process. May be repeated on one method.
 *
 * @param source a contract, received as by `@OnEvent` or `@OnCommand`; or a class with `@EventType`, read from the feed
 * @param correlate gives the id of the instance, up to 512 characters
 */
export function StartedBy<const Contract extends MessageContract>(
  source: Contract,
  correlate: Correlate<EventOf<Contract>>,
  options?: OnEventOptions,
): InputDecorator<EventOf<Contract>>;
export function StartedBy<Event extends object>(
  source: EventClass<Event>,
  correlate: CorrelateEvent<Event>,
): InputDecorator<Event>;
export function StartedBy(
  source: MessageContract | EventClass,
  correlate: InputDeclaration['correlate'],
  options: OnEventOptions = {},
): InputDecorator<never> {
  return declare({ kind: 'input', starts: true, source, correlate, options });
}

/** Handles a message or an event, as `@StartedBy`, for an instance that is under way. */
export function ContinuedBy<const Contract extends MessageContract>(
  source: Contract,
  correlate: Correlate<EventOf<Contract>>,
  options?: ContinuedByOptions,
): InputDecorator<EventOf<Contract>>;
export function ContinuedBy<Event extends object>(
  source: EventClass<Event>,
  correlate: CorrelateEvent<Event>,
  options?: IfNotStarted,
): InputDecorator<Event>;
export function ContinuedBy(
  source: MessageContract | EventClass,
  correlate: InputDeclaration['correlate'],
  options: ContinuedByOptions = {},
): InputDecorator<never> {
  return declare({ kind: 'input', starts: false, source, correlate, options });
}

/** Is called once when a deadline that `Process.schedule` has set is reached, late if no process was up by then. */
export function OnDeadline(name: string): DeadlineDecorator {
  return declare({ kind: 'deadline', name });
}
