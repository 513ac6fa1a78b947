import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { describeJson, isRecord, type JsonRecord } from './describe-json.js';
import type { MessageEnvelope } from './message-envelope.js';
import { readOptionalTime, readText } from './read-attribute.js';

/**
 * An event as EventBridge delivers it; the detail-type becomes the type, the detail the data.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function readEventBridgeEvent(event: JsonRecord): MessageEnvelope {
  const { detail } = event;
  if (!isRecord(detail)) {
    throw new UnparsableMessageError(
      `the "detail" of its EventBridge event should be an object, but is ${describeJson(detail)}`,
    );
  }
  const time = readOptionalTime(event, 'time');
  if (time === undefined) throw new UnparsableMessageError('its EventBridge event has no "time"');
  return {
    specversion: '1.0',
    id: readText(event, 'id'),
    source: readText(event, 'source'),
    type: readText(event, 'detail-type'),
    time,
    datacontenttype: 'application/json',
    data: detail,
  };
}
