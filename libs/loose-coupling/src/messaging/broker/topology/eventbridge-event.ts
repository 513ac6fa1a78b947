import type { LocalBusEntry } from '../local-broker.js';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './sns-notification.js';

/**
 * What EventBridge delivers to a target.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function eventBridgeEvent(entry: LocalBusEntry, id: string, now: number): object {
  return {
    version: '0',
    id,
    'detail-type': entry.detailType,
    source: entry.source,
    account: LOCAL_ACCOUNT,
    time: `${new Date(entry.time ?? now).toISOString().slice(0, 19)}Z`,
    region: LOCAL_REGION,
    resources: entry.resources ?? [],
    detail: entry.detail,
  };
}
