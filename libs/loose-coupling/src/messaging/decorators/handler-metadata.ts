import 'reflect-metadata';
import type {
  MessageHandlerOptions,
  OnDeadLetterOptions,
  OnEventOptions,
  OnRequestOptions,
} from './handler-options.js';
import type { EventReference } from '../contracts/to-event-contract.js';
import { defineDefaultParameters } from './message-parameters.js';

/** What one decorator on one method declares. */
export type HandlerMetadata =
  | {
      readonly kind: 'event';
      readonly reference: EventReference;
      readonly options: OnEventOptions;
      /** The method takes many at once; the options are those of batches then. */
      readonly batch?: boolean;
    }
  | {
      readonly kind: 'command';
      readonly reference: EventReference;
      readonly options: MessageHandlerOptions;
      readonly batch?: boolean;
    }
  | { readonly kind: 'request'; readonly reference: EventReference; readonly options: OnRequestOptions }
  | { readonly kind: 'deadLetter'; readonly reference: EventReference; readonly options: OnDeadLetterOptions };

const METADATA = Symbol.for('nestjs-loose-coupling:message-handlers');
/** Nest builds guards and the like of such providers as it does for controllers, request-scoped ones included. */
const ENTRY_PROVIDER_WATERMARK = '__entryProvider__';

/**
 * A method decorator that only fits methods whose first parameter accepts the data. The data comes first and the
 * `MessageContext` second, unless parameter decorators say otherwise.
 */
export type HandlerDecorator<Data> = <Method extends (data: Data, ...rest: never[]) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Adds to what the method already handles, so that decorators can be repeated. */
export function handlerDecorator(declared: readonly HandlerMetadata[]) {
  return (target: object, key: string | symbol, descriptor: { readonly value?: unknown }): void => {
    const method = descriptor.value as object;
    Reflect.defineMetadata(METADATA, [...declared, ...handlerMetadataOf(method)], method);
    Reflect.defineMetadata(ENTRY_PROVIDER_WATERMARK, true, target.constructor);
    defineDefaultParameters(target, key);
  };
}

/** What the decorators on a method declare, in the order they are written. */
export function handlerMetadataOf(method: object): readonly HandlerMetadata[] {
  return (Reflect.getOwnMetadata(METADATA, method) as HandlerMetadata[] | undefined) ?? [];
}
