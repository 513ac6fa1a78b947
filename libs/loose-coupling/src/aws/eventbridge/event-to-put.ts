import { utf8Length } from '../../kernel/index.js';
import { faultOfDetail } from './detail.js';

/** An event for a bus. */
export interface EventToPut {
  readonly source: string;
  /** 1 to 128 characters. */
  readonly detailType: string;
  /** The text of a JSON object; see `encodeDetail`. */
  readonly detail: string;
  /** Epoch milliseconds. Default: when it arrives. */
  readonly time?: number;
  readonly resources?: readonly string[];
  /** `X-Amzn-Trace-Id`. */
  readonly traceHeader?: string;
}

const MAX_DETAIL_TYPE = 128;
const MAX_RESOURCE = 2_048;
const MAX_TRACE_HEADER = 500;
const TIME_BYTES = 14;

/** What EventBridge would refuse, or drop without a word, about an event. */
export function faultOfEvent(event: EventToPut): string | undefined {
  const { source, detailType, detail, time, resources = [], traceHeader } = event;
  if (typeof source !== 'string' || source === '' || source.startsWith('aws.')) {
    return `its source must be text that does not start with "aws.", is ${JSON.stringify(source)}.`;
  }
  if (typeof detailType !== 'string' || detailType === '' || detailType.length > MAX_DETAIL_TYPE) {
    return `its detailType must be 1 to ${MAX_DETAIL_TYPE} characters, is ${JSON.stringify(detailType)}.`;
  }
  if (time !== undefined && Number.isNaN(new Date(time).getTime())) {
    return `its time must be epoch milliseconds, is ${time}.`;
  }
  const resource = resources.find((text) => typeof text !== 'string' || text.length > MAX_RESOURCE);
  if (resource !== undefined) return `its resources must be texts of at most ${MAX_RESOURCE} characters.`;
  if (traceHeader !== undefined && (traceHeader === '' || traceHeader.length > MAX_TRACE_HEADER)) {
    return `its traceHeader must be 1 to ${MAX_TRACE_HEADER} characters.`;
  }
  return faultOfDetail(detail);
}

/**
 * The size that limits apply to.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
export function eventBytes({ source, detailType, detail, time, resources = [] }: EventToPut): number {
  let bytes = utf8Length(source) + utf8Length(detailType) + utf8Length(detail);
  if (time !== undefined) bytes += TIME_BYTES;
  for (const resource of resources) bytes += utf8Length(resource);
  return bytes;
}
