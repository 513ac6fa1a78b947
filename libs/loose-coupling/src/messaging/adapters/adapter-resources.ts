import { commandQueueTopology } from '../topology/derive-topology.js';
import { isFifoQueueName } from '../topology/queue-names.js';
import type { Topology } from '../core/message-transport.js';

const NOTHING: Topology = { queues: [], topics: [], subscriptions: [] };

/** What an adapter's queue needs where the transport makes queues: itself, and one for dead letters. */
export const adapterQueue = (name: string): Topology => commandQueueTopology(name, isFifoQueueName(name));

export const adapterTopic = (name: string): Topology => ({
  ...NOTHING,
  topics: [{ name: name.replace(/\.fifo$/, ''), fifo: isFifoQueueName(name) }],
});

export const adapterBus = (name: string): Topology => ({ ...NOTHING, buses: [name] });
