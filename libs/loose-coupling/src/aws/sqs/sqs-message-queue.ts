import {
  type EntryResult,
  type MessageQueue,
  type QueueDepth,
  type QueueEntry,
  ReceiptExpiredError,
  type ReceivedMessage,
  type ReceiveOptions,
  UnknownQueueError,
  type VisibilityChange,
} from '../../messaging/index.js';
import { closeAtOnce, ClosedError, isLooseCouplingError } from '../../kernel/index.js';
import type { SqsApi } from '../clients/aws-apis.js';
import { AwsCallError } from '../errors/aws-call.error.js';
import type { ClaimCheck } from '../s3/claim-check.js';
import type { EntrySender } from '../publishing/entry-sender.js';
import { failureOf } from '../publishing/entry-results.js';
import { judgeAwsError } from '../publishing/judge-aws-error.js';
import { OnceOpen } from '../publishing/once-open.js';
import { Turns } from '../publishing/turns.js';
import { UnderWay } from '../publishing/under-way.js';
import { isQueueMissing } from '../topology/aws-error-names.js';
import type { QueueUrls } from './queue-urls.js';
import { receivedMessage } from './received-message.js';
import { type SqsReceiver, visibilitySeconds } from './receivers/sqs-receiver.js';

export interface SqsMessageQueueOptions {
  /** In the application. */
  readonly name: string;
  readonly fifo: boolean;
  readonly api: SqsApi;
  readonly urls: QueueUrls;
  /** Made with the first receive: a queue that is only sent to needs none. */
  readonly openReceiver: () => SqsReceiver;
  /** Where messages go that are too large. */
  readonly claimCheck?: ClaimCheck | undefined;
  /** For messages that SQS cannot delay for so long, or at all. Default: they are refused. */
  readonly schedule?: (queue: string, entry: QueueEntry) => Promise<EntryResult<{ messageId: string }>>;
  /** Made with the first message: a queue that is only received from needs none. */
  readonly openSender: (url: string) => EntrySender;
}

const MAX_BATCH = 10;
const MAX_DELAY = 900_000;
/** Leaves room for attributes, also those that a dead letter gets. */
const MAX_BODY_BYTES = 1_040_000;
/** A receipt that is no longer good, in the words of SQS and of emulators. */
const EXPIRED = /ReceiptHandleIsInvalid|MessageNotInflight|InvalidReceiptHandle/;
const EXPIRED_TEXT = /receipt handle|not available for visibility|message.*(?:expired|does not exist|not in ?flight)/i;

interface Failure {
  readonly Id?: string | undefined;
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
  readonly SenderFault?: boolean | undefined;
}

/** A queue of SQS. */
export class SqsMessageQueue implements MessageQueue {
  readonly name: string;
  readonly fifo: boolean;
  private sender: Promise<EntrySender> | undefined;
  private readonly open = new OnceOpen<EntrySender>();
  private receiver: SqsReceiver | undefined;
  private closed = false;
  private readonly claims = new Turns();
  /** Sends whose data may be on its way to the bucket. */
  private readonly underWay = new UnderWay();

  constructor(private readonly options: SqsMessageQueueOptions) {
    this.name = options.name;
    this.fifo = options.fifo;
  }

  send(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]> {
    const { schedule } = this.options;
    const longest = this.fifo ? 0 : MAX_DELAY;
    const waits = ({ delay = 0 }: QueueEntry) => delay > longest;
    return schedule && entries.some(waits) ? this.sendInTime(entries, waits, schedule) : this.sendNow(entries);
  }

  async receive(options: ReceiveOptions): Promise<ReceivedMessage[]> {
    return this.call('Receiving', async (url) => {
      if (this.closed) return [];
      this.receiver ??= this.options.openReceiver();
      const messages = await this.receiver.receive(url, options);
      return messages.map(receivedMessage);
    });
  }

  delete(receiptHandles: readonly string[]): Promise<EntryResult[]> {
    return this.inBatches(receiptHandles, 'Deleting', async (url, batch) => {
      const Entries = batch.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed = [] } = await this.options.api.deleteMessageBatch({ QueueUrl: url, Entries });
      return resultsOf(batch, Failed);
    });
  }

  changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]> {
    return this.inBatches(changes, 'Changing the visibility', async (url, batch) => {
      const Entries = batch.map(({ receiptHandle, timeout }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: visibilitySeconds(timeout),
      }));
      const { Failed = [] } = await this.options.api.changeMessageVisibilityBatch({ QueueUrl: url, Entries });
      return resultsOf(
        batch.map(({ receiptHandle }) => receiptHandle),
        Failed,
      );
    });
  }

  async depth(): Promise<QueueDepth> {
    const AttributeNames = [
      'ApproximateNumberOfMessages' as const,
      'ApproximateNumberOfMessagesNotVisible' as const,
      'ApproximateNumberOfMessagesDelayed' as const,
    ];
    return this.call('Asking for the depth', async (url) => {
      const { Attributes = {} } = await this.options.api.getQueueAttributes({ QueueUrl: url, AttributeNames });
      const [available = 0, inFlight = 0, delayed = 0] = AttributeNames.map((name) => Number(Attributes[name] ?? 0));
      return { available, inFlight, delayed };
    });
  }

  /** Sends what was given to it, and ends receives. */
  async close(): Promise<void> {
    this.closed = true;
    await this.underWay.settled();
    // One that could not be made holds nothing.
    const sender = { close: () => this.sender?.then((made) => made.close()).catch(() => undefined) };
    await closeAtOnce([this.receiver, sender]);
  }

  private async sendInTime(
    entries: readonly QueueEntry[],
    waits: (entry: QueueEntry) => boolean,
    schedule: NonNullable<SqsMessageQueueOptions['schedule']>,
  ): Promise<EntryResult<{ messageId: string }>[]> {
    const now = (await this.sendNow(entries.filter((entry) => !waits(entry)))).values();
    return Promise.all(
      entries.map((entry) => {
        return waits(entry) ? schedule(this.name, entry) : (now.next().value as EntryResult<{ messageId: string }>);
      }),
    );
  }

  private async sendNow(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]> {
    const { claimCheck } = this.options;
    const results = await (claimCheck
      ? this.underWay.track(this.sendAllClaimed(entries, claimCheck))
      : this.open.run(this.opening, (sender) => sender.send(entries)));
    if (results.some(isUnknownQueue)) this.forget();
    return results;
  }

  private async sendAllClaimed(
    entries: readonly QueueEntry[],
    claimCheck: ClaimCheck,
  ): Promise<EntryResult<{ messageId: string }>[]> {
    // `close` waits for what was begun before it, and for nothing else.
    if (this.closed) return entries.map(() => failureOf(new ClosedError(`Queue "${this.name}"`)));
    const sender = await this.opening();
    return Promise.all(entries.map((entry) => this.sendClaimed(entry, claimCheck, sender)));
  }

  /**
   * By itself, as soon as its data is stored and those before it in its group were sent: neither what is sent later may overtake it, nor does
   * it wait for the rest of its call, which might be overtaken meanwhile.
   */
  private async sendClaimed(
    entry: QueueEntry,
    claimCheck: ClaimCheck,
    sender: EntrySender,
  ): Promise<EntryResult<{ messageId: string }>> {
    try {
      const claimed = claimCheck.encodeText(entry.body, MAX_BODY_BYTES).then((body) => ({ ...entry, body }));
      const ready = await (this.fifo ? this.claims.next(entry.groupId ?? '', claimed) : claimed);
      const [result] = await sender.send([ready]);
      return result ?? failureOf(new Error('AWS gave no result for a message'));
    } catch (error) {
      return failureOf(error);
    }
  }

  private readonly opening = (): Promise<EntrySender> => {
    if (!this.sender) {
      this.sender = this.call('Looking the queue up', async (url) => this.options.openSender(url));
      this.sender.catch(() => (this.sender = undefined));
    }
    return this.sender;
  };

  private async inBatches<Item>(
    items: readonly Item[],
    what: string,
    write: (url: string, batch: readonly Item[]) => Promise<EntryResult[]>,
  ): Promise<EntryResult[]> {
    const batches: Promise<EntryResult[]>[] = [];
    for (let at = 0; at < items.length; at += MAX_BATCH) {
      const batch = items.slice(at, at + MAX_BATCH);
      batches.push(this.call(what, (url) => write(url, batch)));
    }
    return (await Promise.all(batches)).flat();
  }

  private async call<Result>(what: string, work: (url: string) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.options.urls.find(this.name));
    } catch (cause) {
      if (isLooseCouplingError(cause)) throw cause;
      if (isQueueMissing(cause)) {
        this.forget();
        throw new UnknownQueueError(this.name, undefined, { cause });
      }
      const error = cause instanceof Error ? cause : new Error(String(cause));
      throw new AwsCallError(`${what} (queue "${this.name}")`, isHopeless(error), error);
    }
  }

  private forget(): void {
    this.options.urls.forget(this.name);
    this.sender = undefined;
    this.open.forget();
  }
}

const isUnknownQueue = (result: EntryResult<unknown>): boolean =>
  !result.ok && isLooseCouplingError(result.error, 'LC_UNKNOWN_QUEUE');

/** Without credentials there is no answer that would tell. */
const isHopeless = (error: Error): boolean =>
  judgeAwsError(error) !== 'retry' ||
  /CredentialsProviderError|TokenProviderError|Region is missing/.test(`${error.name} ${error.message}`);

function resultsOf(receipts: readonly string[], failures: readonly Failure[]): EntryResult[] {
  const byIndex = new Map(failures.map((failure) => [Number(failure.Id), failure]));
  return receipts.map((receipt, index) => {
    const failure = byIndex.get(index);
    if (!failure) return { ok: true, value: undefined };
    const { Code = '', Message = '', SenderFault = false } = failure;
    if (EXPIRED.test(Code) || (SenderFault && EXPIRED_TEXT.test(Message))) {
      return { ok: false, error: new ReceiptExpiredError(receipt), permanent: true };
    }
    return { ok: false, error: new Error(`${Code}: ${Message}`), permanent: SenderFault };
  });
}
