import {
  deadLetterQueueName,
  DEFAULT_RETRY_POLICY,
  type MessageTransport,
  type Topology,
} from '../../messaging/index.js';
import type { OutboxEntry } from './outbox-storage.js';

/** Of queues that their receiver did not make yet; it finds in them what was sent meanwhile. */
const VISIBILITY_TIMEOUT_MS = 30_000;
const SPARE_RECEIVES = 10;

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

function topologyOf({ kind, destination, fifo }: OutboxEntry): Topology {
  if (kind === 'event') return { queues: [], topics: [{ name: destination, fifo }], subscriptions: [] };
  const common = {
    fifo,
    visibilityTimeout: VISIBILITY_TIMEOUT_MS,
    maxReceiveCount: DEFAULT_RETRY_POLICY.maxAttempts + SPARE_RECEIVES,
  };
  const deadLetterQueue = deadLetterQueueName(destination);
  return {
    queues: [
      { ...common, name: destination, deadLetterQueue },
      { ...common, name: deadLetterQueue },
    ],
    topics: [],
    subscriptions: [],
  };
}
