import {
  type Clock,
  isLooseCouplingError,
  parseUntrustedJson,
  SystemClock,
  utf8Length,
  uuidv7,
} from '../../kernel/index.js';
import {
  decodeMessage,
  encodeEnvelope,
  type MessageEnvelope,
  MessageTooLargeError,
  UnparsableMessageError,
} from '../../messaging/index.js';
import type { S3Api } from '../clients/aws-apis.js';
import { TimedCalls } from '../publishing/timed-calls.js';
import type { ClaimCheckOptions } from '../transport/aws-transport.options.js';
import { findReference, withData, withReference } from './claimed-envelope.js';
import { readAll } from './read-all.js';
import { isBelow, parseS3Uri, s3Uri } from './s3-uri.js';

const DEFAULT_KEY_PREFIX = 'loose-coupling/';
const DEFAULT_MAX_BYTES = 32 * 1_048_576;
/** Milliseconds, with what the SDK retries; 32 MiB take their time. */
const WRITE_TIMEOUT = 60_000;
const GONE = /^(?:NoSuchKey|NotFound|NoSuchBucket)$/;

export interface ClaimCheckSettings extends ClaimCheckOptions {
  /** Where data of other services may be read from besides, as `s3://bucket/prefix`. Default: none. */
  readonly readFrom?: readonly string[];
  /** Most bytes of one object, written or read. Default 32 MiB. */
  readonly maxBytes?: number;
}

/**
 * Keeps the data of messages that are too large to be sent in a bucket of S3. The message then carries no data but a reference to
 * it, as the `dataref` extension of CloudEvents says. References are untrusted: they are followed only into known places.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/dataref.md
 */
export class ClaimCheck {
  private readonly readable: readonly string[];
  private readonly keyPrefix: string;
  private readonly maxBytes: number;
  private readonly writes: TimedCalls;

  constructor(
    private readonly s3: () => Pick<S3Api, 'putObject' | 'getObject'>,
    private readonly options: ClaimCheckSettings,
    clock: Clock = new SystemClock(),
  ) {
    this.writes = new TimedCalls(`The bucket "${options.bucket}"`, WRITE_TIMEOUT, clock);
    this.keyPrefix = options.keyPrefix ?? DEFAULT_KEY_PREFIX;
    this.maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.readable = [s3Uri(options.bucket, this.keyPrefix), ...(options.readFrom ?? [])];
  }

  /**
   * The text of a message: with its data while it has at most `limit` bytes (and less than `threshold`), otherwise with a reference.
   * @throws {UnserializableDataError} @throws {MessageTooLargeError}
   */
  async encode(envelope: MessageEnvelope, limit: number): Promise<string> {
    const text = encodeEnvelope(envelope);
    const { threshold = Infinity } = this.options;
    const bytes = utf8Length(text);
    if (bytes <= limit && bytes < threshold) return text;
    const name = `${encodeURIComponent(envelope.source)}/${encodeURIComponent(envelope.id)}.json`;
    // Sent again, the same message is the same object.
    return withReference(envelope, await this.store(JSON.stringify(envelope.data), name));
  }

  /** The same for a message that is text already; one that is no CloudEvent stays as it is. */
  async encodeText(text: string, limit: number): Promise<string> {
    const { threshold = Infinity } = this.options;
    const bytes = utf8Length(text);
    if (bytes <= limit && bytes < threshold) return text;
    let envelope: MessageEnvelope;
    try {
      ({ envelope } = decodeMessage(text));
    } catch {
      return text;
    }
    return this.encode(envelope, limit);
  }

  /**
   * Writes JSON into the bucket, and resolves to the reference to it.
   * @param name of the object below the prefix; default a new one
   * @throws {MessageTooLargeError}
   */
  async store(json: string, name = `${uuidv7()}.json`): Promise<string> {
    const bytes = utf8Length(json);
    if (bytes > this.maxBytes) throw new MessageTooLargeError('The data of the message', bytes, this.maxBytes);
    const { bucket } = this.options;
    const Key = this.keyPrefix + name;
    const object = { Bucket: bucket, Key, Body: json, ContentType: 'application/json' };
    // What is sent after it waits for it.
    await this.writes.run((abortSignal) => this.s3().putObject(object, { abortSignal }));
    return s3Uri(bucket, Key);
  }

  /**
   * Reads what a reference refers to.
   * @throws {UnparsableMessageError} for one that may not be followed, or leads to nothing, or to too much
   */
  async load(reference: string, signal?: AbortSignal): Promise<string> {
    const place = parseS3Uri(reference);
    if (!place || !this.readable.some((root) => isBelow(reference, root))) {
      const known = this.readable.join(', ');
      throw new UnparsableMessageError(`its data is at ${JSON.stringify(reference)}, which is not below ${known}`);
    }
    try {
      const { Body, ContentLength } = await this.s3().getObject(
        { Bucket: place.bucket, Key: place.key },
        { ...(signal && { abortSignal: signal }) },
      );
      return await readAll(Body, this.maxBytes, ContentLength);
    } catch (cause) {
      if (isLooseCouplingError(cause, 'LC_MESSAGE_TOO_LARGE')) {
        throw new UnparsableMessageError(`its data at ${reference} is larger than ${this.maxBytes} bytes`, { cause });
      }
      if (!(cause instanceof Error && GONE.test(cause.name))) throw cause;
      throw new UnparsableMessageError(`its data at ${reference} is not there, or not any more`, { cause });
    }
  }

  /**
   * The text of a received message with its data in place of the reference; a message without one comes back as it is. Wrappers of
   * SNS and EventBridge are taken off then.
   * @throws {UnparsableMessageError} as `load` does
   */
  async resolve(text: string, signal?: AbortSignal): Promise<string> {
    if (!text.includes('dataref')) return text;
    const found = findReference(text);
    if (!found) return text;
    const data = await this.load(found.reference, signal);
    try {
      parseUntrustedJson(data);
    } catch {
      throw new UnparsableMessageError(`its data at ${found.reference} is not JSON`);
    }
    return withData(found.envelope, data);
  }
}
