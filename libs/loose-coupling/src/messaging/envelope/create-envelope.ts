import {
  currentCorrelation,
  isTraceparent,
  isTracestate,
  traceBridge,
  uuidv7,
  type Correlation,
  type TraceContext,
} from '../../kernel/index.js';
import type { MessageContract } from '../contracts/message-contract.js';
import { InvalidMessageDataError } from '../errors/invalid-message-data.error.js';
import type { MessageEnvelope } from './message-envelope.js';

interface CommonEnvelopeInput<Data> {
  /** As it shall travel; already validated. */
  readonly data: Data;
  /** Name of the service that sends. */
  readonly source: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Default: a new UUIDv7. */
  readonly id?: string;
  /** Default: that of the work in progress; without one, the message starts a correlation under its own id. */
  readonly correlation?: Correlation;
  /** Default: that of the active span where OpenTelemetry traces, else the correlation's. */
  readonly trace?: TraceContext;
  /** Default: the contract's `key` of the data. */
  readonly partitionKey?: string;
  /** Epoch milliseconds; a message received later is dropped instead of handled. */
  readonly expiry?: number;
  /** Queue that a reply is expected on. */
  readonly replyTo?: string;
  /** Of an effect that may be asked for again under another id. */
  readonly idempotencyKey?: string;
  readonly subject?: string;
}

/** What a new message is made of: a contract, or a type and version where there is none. */
export type EnvelopeInput<Data = unknown> = CommonEnvelopeInput<Data> &
  (
    | { readonly contract: MessageContract<unknown, unknown, Data>; readonly type?: undefined }
    | { readonly contract?: undefined; readonly type: string; readonly version?: number }
  );

/**
 * Makes the envelope of a new message.
 * @throws {InvalidMessageDataError} when the contract's `key` gives no text
 */
export function createEnvelope<Data>(input: EnvelopeInput<Data>): MessageEnvelope<Data> {
  const { contract, data, now } = input;
  const id = input.id ?? uuidv7(now);
  const correlation = input.correlation ?? currentCorrelation() ?? { correlationId: id };
  const partitionKey = input.partitionKey ?? (contract && keyOf(contract, data));
  const version = contract ? contract.version : input.version;
  return {
    specversion: '1.0',
    id,
    source: input.source,
    type: contract ? contract.name : input.type,
    time: new Date(now).toISOString(),
    datacontenttype: 'application/json',
    ...(version !== undefined && { dataversion: String(version) }),
    ...(input.subject !== undefined && { subject: input.subject }),
    correlationid: correlation.correlationId,
    ...(correlation.causationId !== undefined && { causationid: correlation.causationId }),
    ...traceOf(input.trace ?? traceBridge()?.active() ?? correlation),
    ...(partitionKey !== undefined && { partitionkey: partitionKey }),
    ...(correlation.tenantId !== undefined && { tenantid: correlation.tenantId }),
    ...(input.expiry !== undefined && { expirytime: new Date(input.expiry).toISOString() }),
    ...(input.replyTo !== undefined && { replyto: input.replyTo }),
    ...(input.idempotencyKey !== undefined && { idempotencykey: input.idempotencyKey }),
    data,
  };
}

function keyOf<Data>(contract: MessageContract<unknown, unknown, Data>, data: Data): string | undefined {
  if (!contract.key) return undefined;
  const key: unknown = contract.key(data);
  if (typeof key === 'string' && key !== '') return key;
  throw new InvalidMessageDataError(`data of ${contract.name}`, [
    { path: '', message: `\`key\` of the contract must give a text, got ${key === '' ? 'an empty one' : typeof key}` },
  ]);
}

/** A context that nobody could read is worth nothing to a receiver. */
function traceOf({
  traceparent,
  tracestate,
}: Partial<TraceContext>): Pick<MessageEnvelope, 'traceparent' | 'tracestate'> {
  if (traceparent === undefined || !isTraceparent(traceparent)) return {};
  return { traceparent, ...(tracestate !== undefined && isTracestate(tracestate) && { tracestate }) };
}
