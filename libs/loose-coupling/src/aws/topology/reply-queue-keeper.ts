import type { Clock, Timer } from '../../kernel/index.js';
import type { SqsApi } from '../clients/aws-apis.js';
import { isQueueMissing } from './aws-error-names.js';

/** Tag of reply queues: when their owner was last seen, epoch milliseconds. */
export const LAST_ACTIVE = 'loose-coupling:last-active';

const TOUCH_INTERVAL = 10 * 60_000;
/** Six missed touches: its owner is gone. */
const ORPHANED_AFTER = 60 * 60_000;

/** Keeps an instance's reply queue from being taken for an orphan, and removes those of instances that died. */
export class ReplyQueueKeeper {
  private readonly timers = new Map<string, Timer>();

  constructor(
    private readonly sqs: SqsApi,
    private readonly clock: Clock,
  ) {}

  /** Tags of a queue that is about to be made. */
  get tags(): Record<string, string> {
    return { [LAST_ACTIVE]: String(this.clock.now()) };
  }

  keep(url: string): void {
    this.timers.get(url)?.cancel();
    this.timers.set(
      url,
      this.clock.setTimer(() => {
        // A failure costs nothing before the sixth.
        void this.sqs.tagQueue({ QueueUrl: url, Tags: this.tags }).catch(() => undefined);
        this.keep(url);
      }, TOUCH_INTERVAL),
    );
  }

  release(url: string): void {
    this.timers.get(url)?.cancel();
    this.timers.delete(url);
  }

  /** Removes orphans among the queues with this prefix. Resolves to their URLs. Never rejects: they can wait. */
  async sweep(prefix: string): Promise<string[]> {
    const removed: string[] = [];
    try {
      const { QueueUrls = [] } = await this.sqs.listQueues({ QueueNamePrefix: prefix, MaxResults: 1_000 });
      for (const url of QueueUrls) if (await this.isOrphan(url)) removed.push(await this.remove(url));
    } catch {
      // The next request of the next instance will try again.
    }
    return removed;
  }

  close(): void {
    for (const url of this.timers.keys()) this.release(url);
  }

  private async isOrphan(url: string): Promise<boolean> {
    if (this.timers.has(url)) return false;
    const { Tags } = await this.sqs.listQueueTags({ QueueUrl: url });
    const lastActive = Number(Tags?.[LAST_ACTIVE]);
    return lastActive > 0 && this.clock.now() - lastActive > ORPHANED_AFTER;
  }

  private async remove(url: string): Promise<string> {
    await this.sqs.deleteQueue({ QueueUrl: url }).catch((error: unknown) => {
      if (!isQueueMissing(error)) throw error;
    });
    return url;
  }
}
