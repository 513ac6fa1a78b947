import type { ReadPacket } from '@nestjs/microservices';
import { currentCorrelation, uuidv7 } from '../kernel/index.js';
import {
  createEnvelope,
  encodeEnvelope,
  fairGroupOf,
  fifoId,
  traceHeaderOf,
  type MessageEnvelope,
  type QueueEntry,
} from '../messaging/index.js';
import { metadataAttributes, type PacketMetadata } from './packet-metadata.js';
import { isSqsRecord, type SqsRecordOptions } from './sqs-record.js';

/** A packet of Nest 12; of Nest 11 without metadata. */
export type Packet = ReadPacket & { readonly metadata?: PacketMetadata };

/** What a packet becomes on its way out. */
export interface OutgoingMessage {
  readonly id: string;
  /** The pattern, as Nest has normalised it. */
  readonly type: string;
  readonly data: unknown;
  readonly options: SqsRecordOptions;
  readonly metadata: PacketMetadata | undefined;
}

export interface Sending {
  readonly source: string;
  readonly now: number;
  readonly replyTo?: string;
  /** Epoch milliseconds. */
  readonly expiry?: number;
}

export function outgoingMessage(type: string, packet: Packet, now: number): OutgoingMessage {
  const given: unknown = packet.data;
  const { data, options } = isSqsRecord(given) ? given : { data: given, options: {} };
  return { id: options.id ?? uuidv7(now), type, data, options, metadata: packet.metadata };
}

/** The envelope, in the correlation of the work in progress; a trace that Nest's dispatch hook names goes first. */
export function envelopeOf({ id, type, data, options, metadata }: OutgoingMessage, sending: Sending): MessageEnvelope {
  const { key, correlationId, tenantId } = options;
  const traceparent = metadata?.['traceparent'];
  return createEnvelope({
    id,
    type,
    data,
    ...sending,
    correlation: {
      ...(currentCorrelation() ?? { correlationId: id }),
      ...(correlationId !== undefined && { correlationId }),
      ...(tenantId !== undefined && { tenantId }),
    },
    ...(traceparent !== undefined && { trace: { traceparent } }),
    ...(key !== undefined && { partitionKey: key }),
  });
}

export function queueEntryOf(
  { id, options, metadata }: OutgoingMessage,
  envelope: MessageEnvelope,
  { fifo, attributes }: { readonly fifo: boolean; readonly attributes?: Readonly<Record<string, string>> },
): QueueEntry {
  return {
    body: encodeEnvelope(envelope),
    ...traceHeaderOf(envelope),
    attributes: { ...metadataAttributes(metadata), ...attributes },
    ...(options.delay !== undefined && { delay: options.delay }),
    ...(fifo ? { groupId: fifoId(options.key ?? id), deduplicationId: fifoId(id) } : fairGroupOf(envelope)),
  };
}
