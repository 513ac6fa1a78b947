/**
 * A message as it travels: CloudEvents 1.0, structured JSON mode, with the extension attributes that this
 * package reads. Extension names are lower case without separators, as CloudEvents requires.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface MessageEnvelope<Data = unknown> {
  readonly specversion: '1.0';
  /** UUIDv7. Unique together with `source`; the key of duplicate detection. */
  readonly id: string;
  /** Name of the service that made the message. */
  readonly source: string;
  /** Name of the contract, e.g. `shop.order.placed`. */
  readonly type: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Version of the contract, as a decimal string. */
  readonly dataversion?: string;
  readonly subject?: string;
  readonly data: Data;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Messages with the same key keep their order on ordered contracts. */
  readonly partitionkey?: string;
  readonly tenantid?: string;
  /** RFC 3339; a message received later is dropped instead of handled. */
  readonly expirytime?: string;
  /** Queue that a reply is expected on. */
  readonly replyto?: string;
  /** Of a request that is asked again under an id of its own, to be answered again: one effect has one key. */
  readonly idempotencykey?: string;
}
