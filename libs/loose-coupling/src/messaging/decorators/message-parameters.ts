import 'reflect-metadata';
import type { PipeTransform, Type } from '@nestjs/common';

/** Where Nest keeps parameter metadata; also read by `createParamDecorator` and `@nestjs/microservices`. */
const PARAMETERS = '__routeArguments__';
const PAYLOAD = 3;
const CONTEXT = 6;

type Pipe = PipeTransform | Type<PipeTransform>;
type ParameterMetadata = Record<string, { index: number; data?: unknown; pipes: Pipe[] }>;

const parametersOf = (target: object, key: string | symbol): ParameterMetadata =>
  (Reflect.getMetadata(PARAMETERS, target.constructor, key) as ParameterMetadata | undefined) ?? {};

function addParameter(target: object, key: string | symbol, type: number, index: number, pipes: Pipe[]): void {
  const parameters = { ...parametersOf(target, key), [`${type}:${index}`]: { index, data: undefined, pipes } };
  Reflect.defineMetadata(PARAMETERS, parameters, target.constructor, key);
}

function parameterDecorator(type: number, pipes: Pipe[]): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) addParameter(target, key, type, index, pipes);
  };
}

/** The data of the message, after the given pipes. Works like `@Payload()` of @nestjs/microservices. */
export const MessagePayload = (...pipes: Pipe[]): ParameterDecorator => parameterDecorator(PAYLOAD, pipes);

/** The `MessageContext`. Works like `@Ctx()` of @nestjs/microservices. */
export const MessageCtx = (): ParameterDecorator => parameterDecorator(CONTEXT, []);

/** Without parameter decorators a handler gets `(data, context)`, and pipes on the method or class see both. */
export function defineDefaultParameters(target: object, key: string | symbol): void {
  if (Object.keys(parametersOf(target, key)).length > 0) return;
  addParameter(target, key, PAYLOAD, 0, []);
  addParameter(target, key, CONTEXT, 1, []);
}

/** Picks a handler's arguments out of `(data, context)`; Nest calls this for each decorated parameter. */
export const messageParametersFactory = {
  exchangeKeyForValue(type: number, key: unknown, args: readonly unknown[]): unknown {
    if (type === CONTEXT) return args[1];
    if (type !== PAYLOAD) return undefined;
    const data = args[0];
    return typeof key === 'string' && typeof data === 'object' && data !== null
      ? (data as Record<string, unknown>)[key]
      : data;
  },
};

export const MESSAGE_PARAMETERS = PARAMETERS;
