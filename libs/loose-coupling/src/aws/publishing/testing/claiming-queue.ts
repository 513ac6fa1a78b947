import { type Clock, isLooseCouplingError } from '../../../kernel/index.js';
import type { EntryResult, QueueEntry } from '../../../messaging/index.js';
import type { SqsApi } from '../../clients/aws-apis.js';
import { ClaimCheck } from '../../s3/claim-check.js';
import { QueueUrls } from '../../sqs/queue-urls.js';
import { SqsMessageQueue } from '../../sqs/sqs-message-queue.js';
import { ResourceNames } from '../../topology/resource-names.js';
import type { EntryPlan } from './publishing-plan.js';
import type { SimulatedBucket } from './simulated-bucket.js';

/** Data over it goes to the bucket. */
const THRESHOLD = 200;
const PREFIX = 's3://data/';

export interface ClaimingQueueParts {
  readonly fifo: boolean;
  readonly bucket: SimulatedBucket;
  readonly isDead: () => boolean;
  /** Takes what is sent in the end. */
  readonly add: (entry: EntryPlan) => Promise<EntryResult<string>>;
  /** Told of what failed, before its caller is: that one hears of a whole call. */
  readonly givenUp: (id: string) => void;
  /** Ends what takes it. */
  readonly close: () => Promise<void>;
  readonly clock: Clock;
  /** Told of each promise that was broken. */
  readonly broken: (what: string) => void;
}

/** The queue of an application, with everything before its batcher: large data goes to a bucket, and a reference is sent. */
export class ClaimingQueue {
  private readonly queue: SqsMessageQueue;
  private readonly together: QueueEntry[] = [];
  private call: ReturnType<SqsMessageQueue['send']> | undefined;
  private readonly known = new Map<string, EntryPlan>();

  constructor(private readonly parts: ClaimingQueueParts) {
    const { fifo, bucket, isDead } = parts;
    const name = fifo ? 'q.fifo' : 'q';
    const api = { getQueueUrl: async () => ({ $metadata: {}, QueueUrl: `http://x/${name}` }) } as unknown as SqsApi;
    const s3 = {
      putObject: async (
        { Key = '', Body }: { Key?: string | undefined; Body?: unknown },
        { abortSignal }: { abortSignal?: AbortSignal } = {},
      ) => {
        const givenUp = () => parts.givenUp(/(m\d+)\.json$/.exec(Key)?.[1] ?? Key);
        abortSignal?.addEventListener('abort', givenUp);
        await bucket.put(Key, String(Body), isDead).catch((error: unknown) => {
          givenUp();
          throw error;
        });
        return { $metadata: {} };
      },
      getObject: () => Promise.reject(new Error('nothing is read')),
    };
    this.queue = new SqsMessageQueue({
      name,
      fifo,
      api,
      urls: new QueueUrls(api, new ResourceNames(undefined)),
      claimCheck: new ClaimCheck(() => s3, { bucket: 'data', keyPrefix: '', threshold: THRESHOLD }, parts.clock),
      openReceiver: () => ({ receive: async () => [], close: async () => undefined }),
      openSender: () => ({
        send: (entries) => Promise.all(entries.map(({ body }) => this.sent(body))),
        flush: async () => undefined,
        close: parts.close,
      }),
    });
  }

  close(): Promise<void> {
    return this.queue.close();
  }

  /** What is added in one turn goes in one call. */
  async add(entry: EntryPlan): Promise<EntryResult<string>> {
    this.known.set(entry.id, entry);
    const place = this.together.push(entryOf(entry)) - 1;
    this.call ??= Promise.resolve().then(() => {
      this.call = undefined;
      return this.queue.send(this.together.splice(0));
    });
    const result = (await this.call)[place];
    if (!result) throw new Error('There was no result.');
    return result.ok ? { ok: true, value: result.value.messageId } : result;
  }

  private async sent(body: string): Promise<EntryResult<{ messageId: string }>> {
    const { id, data, dataref } = JSON.parse(body) as { id: string; data?: unknown; dataref?: string };
    const entry = this.known.get(id);
    if (!entry) throw new Error(`${id} was never given.`);
    const stored = dataref === undefined ? undefined : this.parts.bucket.get(dataref.slice(PREFIX.length));
    const carried: unknown = dataref === undefined ? data : stored === undefined ? undefined : JSON.parse(stored);
    if (carried !== dataOf(entry)) this.parts.broken(`${id} was sent before its data was stored`);
    if ((dataref !== undefined) !== (entry.large === true)) this.parts.broken(`${id} was sent by the wrong way`);
    const result = await this.parts.add(entry);
    if (!result.ok && !isLooseCouplingError(result.error, 'LC_CLOSED')) this.parts.givenUp(id);
    return result.ok ? { ok: true, value: { messageId: result.value } } : result;
  }
}

function entryOf(entry: EntryPlan): QueueEntry {
  const { id, group } = entry;
  const body = JSON.stringify({ specversion: '1.0', id, source: 'test', type: 'test', data: dataOf(entry) });
  return { body, ...(group !== undefined && { groupId: group, deduplicationId: id }) };
}

const dataOf = ({ id, large }: EntryPlan): string => `${id} ${large ? 'x'.repeat(THRESHOLD) : ''}`;
