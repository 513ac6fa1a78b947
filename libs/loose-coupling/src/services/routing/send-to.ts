import { fifoOrderOf } from '../../messaging/index.js';
import type {
  EventBridgeBus,
  EntryResult,
  MessageBus,
  MessageContext,
  SnsTopic,
  SqsQueue,
} from '../../messaging/index.js';
import type { ServiceClient } from '../client/service-client.js';
import type { RouteTarget } from './route.js';

/** What a route sends through; injected by what its target is. */
export type Resource = MessageBus | SqsQueue | SnsTopic | EventBridgeBus | ServiceClient;

/** Name of the attribute that a message without an envelope has its id in. */
const ID_ATTRIBUTE = 'lc-id';

/**
 * Sends data on, under an id that is the same each time the message is routed: whoever gets it twice knows it.
 * Rejects when it was not accepted.
 */
export async function sendTo(
  target: RouteTarget,
  resource: Resource,
  data: unknown,
  id: string,
  { correlationId, type, partitionKey }: MessageContext,
): Promise<void> {
  const raw = {
    attributes: { [ID_ATTRIBUTE]: id, 'correlation-id': correlationId },
    ...fifo(target, id, partitionKey),
  };
  if ('event' in target) await (resource as MessageBus).publish(target.event, data, { id });
  else if ('command' in target) await (resource as MessageBus).send(target.command, data, { id });
  else if ('queue' in target) await (resource as SqsQueue).send(data, raw);
  else if ('topic' in target) await (resource as SnsTopic).publish(data, raw);
  else if ('bus' in target) {
    const detail = data as object;
    const [result] = await (resource as EventBridgeBus).putEvents([{ detailType: target.detailType ?? type, detail }]);
    accepted(result);
  } else {
    const options = { correlationId, idempotencyKey: id };
    await (resource as ServiceClient).call(target.operation as never, data as never, options);
  }
}

function fifo(target: RouteTarget, id: string, partitionKey: string | undefined) {
  const name = 'queue' in target ? target.queue : 'topic' in target ? target.topic : '';
  return name.endsWith('.fifo')
    ? fifoOrderOf({ id, ...(partitionKey !== undefined && { partitionkey: partitionKey }) })
    : {};
}

function accepted(result: EntryResult<unknown> | undefined): void {
  if (result && !result.ok) throw result.error;
}
