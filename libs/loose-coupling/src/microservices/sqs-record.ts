// By brand, so that two loaded copies of the package agree.
const BRAND = Symbol.for('nestjs-loose-coupling:sqs-record');

/** What may be said of one message beside its data. */
export interface SqsRecordOptions {
  /** Messages with the same key keep their order on FIFO queues and topics. Default: the message's id, so none do. */
  readonly key?: string;
  /** Milliseconds until it can be received. For `emit`. */
  readonly delay?: number;
  /** UUIDv7 by default. On FIFO queues a second message with this id within five minutes is not delivered. */
  readonly id?: string;
  readonly correlationId?: string;
  readonly tenantId?: string;
}

/**
 * Data with options, for `SqsClient.send` and `.emit`.
 * @example
 * ```ts
 * client.emit('shop.order.placed', new SqsRecord(order, { key: order.id }));
 * ```
 */
export class SqsRecord<Data = unknown> {
  readonly [BRAND] = true;

  constructor(
    readonly data: Data,
    readonly options: SqsRecordOptions = {},
  ) {}
}

export const isSqsRecord = (value: unknown): value is SqsRecord =>
  typeof value === 'object' && value !== null && BRAND in value;
