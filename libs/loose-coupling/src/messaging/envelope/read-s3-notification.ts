import { createHash } from 'node:crypto';
import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { isRecord, type JsonRecord } from './describe-json.js';
import type { MessageEnvelope } from './message-envelope.js';
import { readOptionalTime, readText } from './read-attribute.js';

/**
 * A notification of S3, as the adapter of CloudEvents for it says
 * (https://github.com/cloudevents/spec/blob/main/cloudevents/adapters/aws-s3.md), but for the colon in the type, which is a dot here:
 * `com.amazonaws.s3.ObjectCreated.Put`; and for the id, which has more to it than the request: one that deletes many objects is notified of
 * each, and the inbox would take all but the first for repeats. The record is the data. Undefined for anything else.
 */
export function readS3Notification(value: JsonRecord): MessageEnvelope | undefined {
  const records: unknown = value['Records'];
  if (!Array.isArray(records) || !records.every((record) => isRecord(record) && record['eventSource'] === 'aws:s3')) {
    return undefined;
  }
  const [record, another] = records as JsonRecord[];
  // S3 sends one; of more, the first alone would be handled.
  if (!record || another)
    throw new UnparsableMessageError(`its S3 notification holds ${records.length} records, not one`);
  const time = readOptionalTime(record, 'eventTime');
  if (time === undefined) throw new UnparsableMessageError('its S3 notification has no "eventTime"');
  const response = part(record, 'responseElements');
  const s3 = part(record, 's3');
  const bucket = part(s3, 'bucket');
  const object = part(s3, 'object');
  return {
    specversion: '1.0',
    id: `${readText(response, 'x-amz-request-id')}.${readText(response, 'x-amz-id-2')}.${whatOf(record, object)}`,
    source: `aws:s3.${readText(record, 'awsRegion')}.${readText(bucket, 'name')}`,
    type: `com.amazonaws.s3.${readText(record, 'eventName').replace(':', '.')}`,
    subject: readText(object, 'key'),
    time,
    datacontenttype: 'application/json',
    data: record,
  };
}

/** Type of what S3 sends once to a queue or topic that a bucket is told to notify. It is about no object, and meant for nobody. */
export const S3_TEST_EVENT = 'com.amazonaws.s3.TestEvent';

/** Undefined for anything but such a test. */
export function readS3TestEvent(value: JsonRecord): MessageEnvelope | undefined {
  if (value['Service'] !== 'Amazon S3' || value['Event'] !== 's3:TestEvent') return undefined;
  const time = readOptionalTime(value, 'Time');
  if (time === undefined) throw new UnparsableMessageError('its test notification of S3 has no "Time"');
  return {
    specversion: '1.0',
    id: `${readText(value, 'RequestId')}.${readText(value, 'HostId')}`,
    source: `aws:s3..${readText(value, 'Bucket')}`,
    type: S3_TEST_EVENT,
    time,
    datacontenttype: 'application/json',
    data: value,
  };
}

/** What happened to which object, in 16 hexadecimal digits. */
function whatOf({ eventName }: JsonRecord, { key, versionId = null, sequencer = null }: JsonRecord): string {
  const what = JSON.stringify([eventName, key, versionId, sequencer]);
  return createHash('sha256').update(what).digest('hex').slice(0, 16);
}

function part(record: JsonRecord, name: string): JsonRecord {
  const value = record[name];
  if (isRecord(value)) return value;
  throw new UnparsableMessageError(`its S3 notification has no "${name}"`);
}
