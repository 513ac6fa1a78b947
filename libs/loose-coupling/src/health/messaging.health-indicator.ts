import { Injectable } from '@nestjs/common';
import { FaultList } from '../kernel/index.js';
import { ReceivingStatus, type QueueReceiving } from '../messaging/index.js';

export interface MessagingHealthOptions {
  /** Names of the queues that matter. Default: all that the application receives from. */
  readonly queues?: readonly string[];
  /**
   * Milliseconds after which a queue is `down` if no receive has answered. Above the 20,000 that a long poll of an empty queue takes.
   * Default 60,000.
   */
  readonly maxPollAge?: number;
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
  constructor(private readonly receiving: ReceivingStatus) {}

  /**
   * A queue that is listed but not received from is `down`.
   * @throws {InvalidOptionsError} for options that could never tell a queue that is well from one that is not, such as an age of no time
   */
  isHealthy<Key extends string>(key: Key, options: MessagingHealthOptions = {}): MessagingHealthResult<Key> {
    checkOptions(options);
    const { maxPollAge = DEFAULT_MAX_POLL_AGE } = options;
    const found = new Map<string, QueueHealth>();
    for (const queue of this.receiving.queues()) {
      const health = healthOf(queue, maxPollAge);
      // Several consumers of one queue: the one that fares worst tells.
      if (found.get(queue.queue)?.status !== 'down') found.set(queue.queue, health);
    }
    const names = options.queues ?? [...found.keys()];
    const queues = Object.fromEntries(names.map((name) => [name, found.get(name) ?? NOT_RECEIVED]));
    const status = Object.values(queues).some((queue) => queue.status === 'down') ? 'down' : 'up';
    return { [key]: { status, queues } } as MessagingHealthResult<Key>;
  }
}

function checkOptions(options: MessagingHealthOptions): void {
  const faults = new FaultList('The health of messaging');
  const { queues, maxPollAge }: { readonly [name in keyof MessagingHealthOptions]: unknown } = options;
  faults.unknownKeys('', options, ['queues', 'maxPollAge']);
  if (queues !== undefined && !(Array.isArray(queues) && queues.every((name) => typeof name === 'string')))
    faults.add('queues', 'a list of names of queues', queues);
  if (maxPollAge !== undefined && !(Number.isFinite(maxPollAge) && (maxPollAge as number) > 0))
    faults.add('maxPollAge', 'milliseconds above 0', maxPollAge);
  faults.throwIfAny();
}

function healthOf({ inFlight, lastSuccessfulPoll, pollAge }: QueueReceiving, maxPollAge: number): QueueHealth {
  return {
    // Without an age every handler is busy: to receive more would be wrong.
    status: pollAge !== undefined && pollAge >= maxPollAge ? 'down' : 'up',
    inFlight,
    ...(lastSuccessfulPoll !== undefined && { lastSuccessfulPoll: new Date(lastSuccessfulPoll).toISOString() }),
  };
}

const DEFAULT_MAX_POLL_AGE = 60_000;
const NOT_RECEIVED: QueueHealth = { status: 'down', inFlight: 0 };
