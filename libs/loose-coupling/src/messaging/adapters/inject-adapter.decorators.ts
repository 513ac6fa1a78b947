import { Inject } from '@nestjs/common';

/** Of `@InjectSqsQueue` and the like. */
export interface InjectAdapterOptions {
  /** One of the option `aws.connections`. Default: the application's own. */
  readonly connection?: string;
}

export type AdapterKind = 'queue' | 'topic' | 'bus';

/** What a constructor asked for. */
export interface AdapterRequest extends InjectAdapterOptions {
  readonly kind: AdapterKind;
  readonly name: string;
}

/** By token. Decorators run before there is any application; a name alone is no state of one. */
const requests = new Map<string, AdapterRequest>();

export const adapterRequests = (): ReadonlyMap<string, AdapterRequest> => requests;

/** Injection token of a queue, for tests that put another in its place. */
export const getSqsQueueToken = (name: string, options?: InjectAdapterOptions): string => token('queue', name, options);
export const getSnsTopicToken = (name: string, options?: InjectAdapterOptions): string => token('topic', name, options);
export const getEventBusToken = (name: string, options?: InjectAdapterOptions): string => token('bus', name, options);

/**
 * Injects an `SqsQueue`. `name` as for `SqsAdapter`: of a queue of this application, a URL or an ARN.
 * @example
 * ```ts
 * constructor(@InjectSqsQueue('invoices') private readonly invoices: SqsQueue) {}
 * ```
 */
export const InjectSqsQueue = (name: string, options?: InjectAdapterOptions): ParameterDecorator & PropertyDecorator =>
  Inject(request(getSqsQueueToken(name, options), { kind: 'queue', name, ...options }));

/** Injects an `SnsTopic`. */
export const InjectSnsTopic = (name: string, options?: InjectAdapterOptions): ParameterDecorator & PropertyDecorator =>
  Inject(request(getSnsTopicToken(name, options), { kind: 'topic', name, ...options }));

/** Injects an `EventBridgeBus`. */
export const InjectEventBus = (name: string, options?: InjectAdapterOptions): ParameterDecorator & PropertyDecorator =>
  Inject(request(getEventBusToken(name, options), { kind: 'bus', name, ...options }));

const token = (kind: AdapterKind, name: string, { connection = '' }: InjectAdapterOptions = {}): string =>
  `nestjs-loose-coupling:${kind}:${connection}:${name}`;

function request(key: string, asked: AdapterRequest): string {
  requests.set(key, asked);
  return key;
}
