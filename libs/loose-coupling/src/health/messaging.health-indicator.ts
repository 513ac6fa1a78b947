import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/index.js';
import { ReceivingStatus, type QueueReceiving } from '../messaging/index.js';

export interface MessagingHealthOptions {
  /** Names of the queues that matter. Default: all that the application receives from. */
  readonly queues?: readonly string[];
  /**
   * Milliseconds that receiving may fail before it counts as `down`: AWS has its moments. Default 60,000. A receive that is
   * not answered 30 seconds after it should have been counts as failed, and is given up for a new one.
   */
  readonly tolerance?: number;
}

/** One queue, as a health check shows it. */
export interface QueueHealth {
  readonly status: 'up' | 'down';
  /** Messages in hand. */
  readonly inFlight: number;
  /** ISO time; none before the first. */
  readonly lastSuccessfulPoll?: string;
}

/** As @nestjs/terminus wants it; that package need not be installed. */
export type MessagingHealthResult<Key extends string = string> = Record<
  Key,
  { readonly status: 'up' | 'down'; readonly queues: Readonly<Record<string, QueueHealth>> }
>;

/**
 * Shows to a health check whether queues are received from. Busy handlers are no reason to be `down`; neither is an empty queue.
 *
 * @example
 * ```ts
 * this.health.check([() => this.messaging.isHealthy('queues')]);
 * ```
 */
@Injectable()
export class MessagingHealthIndicator {
  constructor(
    private readonly receiving: ReceivingStatus,
    private readonly clock: Clock,
  ) {}

  /** A queue that is listed but not received from is `down`. */
  isHealthy<Key extends string>(key: Key, options: MessagingHealthOptions = {}): MessagingHealthResult<Key> {
    const { tolerance = DEFAULT_TOLERANCE } = options;
    const found = new Map<string, QueueHealth>();
    for (const queue of this.receiving.queues()) {
      const health = this.healthOf(queue, tolerance);
      // Several consumers of one queue: the one that fares worst tells.
      if (found.get(queue.queue)?.status !== 'down') found.set(queue.queue, health);
    }
    const names = options.queues ?? [...found.keys()];
    const queues = Object.fromEntries(names.map((name) => [name, found.get(name) ?? NOT_RECEIVED]));
    const status = Object.values(queues).some((queue) => queue.status === 'down') ? 'down' : 'up';
    return { [key]: { status, queues } } as MessagingHealthResult<Key>;
  }

  private healthOf({ inFlight, lastSuccessfulPoll, failingSince }: QueueReceiving, tolerance: number): QueueHealth {
    const failing = failingSince !== undefined && this.clock.now() - failingSince >= tolerance;
    return {
      status: failing ? 'down' : 'up',
      inFlight,
      ...(lastSuccessfulPoll !== undefined && { lastSuccessfulPoll: new Date(lastSuccessfulPoll).toISOString() }),
    };
  }
}

const DEFAULT_TOLERANCE = 60_000;
const NOT_RECEIVED: QueueHealth = { status: 'down', inFlight: 0 };
