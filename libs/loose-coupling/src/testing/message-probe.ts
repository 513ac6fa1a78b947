import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { SystemClock, type Clock } from '../kernel/index.js';
import {
  eventNameOf,
  MessageMiddlewareRegistry,
  type MessageContext,
  type MessageContract,
  type MessageEnvelope,
} from '../messaging/index.js';
import { ProbeTimeoutError } from './probe-timeout.error.js';

/** A message that was accepted for publishing. */
export interface PublishedMessage<Data = unknown> {
  readonly data: Data;
  readonly envelope: MessageEnvelope;
}

/** A message that a handler has finished. */
export interface ConsumedMessage<Data = unknown> extends PublishedMessage<Data> {
  readonly context: MessageContext;
}

/** One failed attempt of a handler. */
export interface FailedMessage<Data = unknown> extends ConsumedMessage<Data> {
  readonly error: unknown;
}

interface Seen {
  readonly published: PublishedMessage[];
  readonly consumed: ConsumedMessage[];
  readonly failed: FailedMessage[];
}

/** What a probe sees of a message. */
export type ProbeKind = keyof Seen;

export interface ProbeOptions {
  /** Milliseconds of real time to wait, whatever clock the application has. Default 2_000. */
  readonly timeout?: number;
}

type Reference<Data> = MessageContract<Data> | string;
type Predicate<Message> = (message: Message) => boolean;

const TIMEOUT = 2_000;
/** Injection token of the clock that a probe's timeouts use. */
export const PROBE_CLOCK = Symbol.for('nestjs-loose-coupling:probe-clock');

/**
 * Waits for messages in tests. What has happened already counts too, so a test may ask afterwards. Provide it beside
 * any `LooseCouplingModule`; `LooseCouplingTestingModule` brings it along.
 */
@Injectable()
export class MessageProbe implements OnModuleInit {
  private seen: Seen = { published: [], consumed: [], failed: [] };
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly registry: MessageMiddlewareRegistry,
    @Optional() @Inject(PROBE_CLOCK) private readonly clock: Clock = new SystemClock(),
  ) {
    registry.observe({
      published: ({ envelope }) => {
        this.seen.published.push({ data: envelope.data, envelope });
        this.wake();
      },
    });
  }

  /** After everything that wraps handlers was constructed, so that the probe sees what really ran. */
  onModuleInit(): void {
    this.registry.use({ handle: (context, data, next) => this.watch(context, data, next) });
  }

  /**
   * The first message of that kind that was accepted for publishing. An error of the predicate ends the wait with it.
   * @throws {ProbeTimeoutError} listing what was seen instead
   */
  published<Data>(
    message: Reference<Data>,
    predicate?: Predicate<PublishedMessage<Data>>,
    options?: ProbeOptions,
  ): Promise<PublishedMessage<Data>> {
    return this.wait('published', message, predicate, options);
  }

  /**
   * The first message of that kind that a handler has finished.
   * @throws {ProbeTimeoutError} listing what was seen instead
   */
  consumed<Data>(
    message: Reference<Data>,
    predicate?: Predicate<ConsumedMessage<Data>>,
    options?: ProbeOptions,
  ): Promise<ConsumedMessage<Data>> {
    return this.wait('consumed', message, predicate, options);
  }

  /**
   * The first failed attempt to handle a message of that kind.
   * @throws {ProbeTimeoutError} listing what was seen instead
   */
  failed<Data>(
    message: Reference<Data>,
    predicate?: Predicate<FailedMessage<Data>>,
    options?: ProbeOptions,
  ): Promise<FailedMessage<Data>> {
    return this.wait('failed', message, predicate, options);
  }

  /** Everything of one kind so far, in the order it happened; of one contract or of all. */
  all<Data>(kind: 'published', message?: Reference<Data>): PublishedMessage<Data>[];
  all<Data>(kind: 'consumed', message?: Reference<Data>): ConsumedMessage<Data>[];
  all<Data>(kind: 'failed', message?: Reference<Data>): FailedMessage<Data>[];
  all(kind: ProbeKind, message?: Reference<unknown>): PublishedMessage[] {
    const type = message && eventNameOf(message);
    return this.seen[kind].filter(({ envelope }) => type === undefined || envelope.type === type);
  }

  /** Forgets what was seen, so that only what happens from now on counts. */
  clear(): void {
    this.seen = { published: [], consumed: [], failed: [] };
  }

  private async watch(context: MessageContext, data: unknown, next: () => Promise<unknown>): Promise<unknown> {
    // Handlers of dead letters work on messages that were given up.
    if (context.deadLetter) return next();
    const { envelope } = context;
    try {
      const result = await next();
      this.seen.consumed.push({ data, envelope, context });
      return result;
    } catch (error) {
      this.seen.failed.push({ data, envelope, context, error });
      throw error;
    } finally {
      this.wake();
    }
  }

  private wait<Kind extends ProbeKind>(
    kind: Kind,
    message: Reference<unknown>,
    predicate: Predicate<never> = () => true,
    { timeout = TIMEOUT }: ProbeOptions = {},
  ): Promise<never> {
    const type = eventNameOf(message);
    const find = () =>
      this.seen[kind].find((seen) => seen.envelope.type === type && predicate(seen as never)) as never | undefined;
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          const found = find();
          if (found === undefined) return;
          resolve(found);
        } catch (error) {
          // The predicate's: it is the test that failed, not the handler in whose turn it runs.
          reject(error as Error);
        }
        end();
      };
      const timer = this.clock.setTimer(() => {
        end();
        reject(new ProbeTimeoutError(kind, type, timeout, this.summary()));
      }, timeout);
      const end = () => {
        timer.cancel();
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  private wake(): void {
    for (const look of this.waiting) look();
  }

  private summary(): string[] {
    return (['published', 'consumed', 'failed'] as const).flatMap((kind) =>
      this.seen[kind].map(({ envelope: { type, data } }) => `${kind} ${type} ${JSON.stringify(data)}`),
    );
  }
}
