import { commandQueueTopology, type MessageTransport, type Topology } from '../../messaging/index.js';
import type { OutboxEntry } from './outbox-storage.js';

/** Makes topics and queues before the first message goes to them, once each. */
export class DestinationProvisioner {
  private readonly made = new Map<string, Promise<void>>();

  constructor(private readonly transport: MessageTransport) {}

  ensure(entry: OutboxEntry): Promise<void> {
    const key = `${entry.kind} ${entry.destination}`;
    const known = this.made.get(key);
    if (known) return known;
    const making = this.transport.provision(topologyOf(entry));
    this.made.set(key, making);
    making.catch(() => this.made.delete(key));
    return making;
  }
}

const topologyOf = ({ kind, destination, fifo }: OutboxEntry): Topology =>
  kind === 'event'
    ? { queues: [], topics: [{ name: destination, fifo }], subscriptions: [] }
    : commandQueueTopology(destination, fifo);
