import type { Topology } from '../core/message-transport.js';
import { adapterBus, adapterQueue, adapterTopic } from './adapter-resources.js';
import { adapterRequests } from './inject-adapter.decorators.js';

const MAKERS = { queue: adapterQueue, topic: adapterTopic, bus: adapterBus };

/** What is injected by name is made at start, where the transport makes things; what belongs to others is not. */
export function requestedTopology(injected: ReadonlySet<unknown>): Topology {
  const parts = [...adapterRequests()]
    .filter(([token, { name, connection }]) => {
      return injected.has(token) && connection === undefined && !/^arn:|^https?:/.test(name);
    })
    .map(([, { kind, name }]) => MAKERS[kind](name));
  const buses = parts.flatMap((part) => part.buses ?? []);
  return {
    queues: parts.flatMap((part) => part.queues),
    topics: parts.flatMap((part) => part.topics),
    subscriptions: [],
    ...(buses.length > 0 && { buses }),
  };
}
