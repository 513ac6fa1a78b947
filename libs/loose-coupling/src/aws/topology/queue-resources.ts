import { sleep, type Clock } from '../../kernel/index.js';
import type { QueueSpecification } from '../../messaging/index.js';
import type { SqsApi } from '../clients/aws-apis.js';
import { isQueueDeletedRecently, isQueueMissing, isQueueThere } from './aws-error-names.js';
import { allowSources, refusedSources, type PolicySource } from './queue-policy.js';

export interface QueueResource {
  readonly url: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface NewQueue extends Omit<QueueSpecification, 'name' | 'deadLetterQueue'> {
  readonly deadLetterArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kmsKeyId?: string;
  /** Milliseconds. Default: SQS's own, four days. */
  readonly retention?: number;
}

/** The most receives a redrive policy can count. */
const MAX_RECEIVES = 1_000;
const DELETED_PAUSE = 5_000;
const DELETED_ATTEMPTS = 14;
const POLICY_ATTEMPTS = 5;

/** Queues by their physical names. */
export class QueueResources {
  constructor(
    private readonly sqs: SqsApi,
    private readonly clock: Clock,
  ) {}

  async find(name: string): Promise<QueueResource | undefined> {
    try {
      const { QueueUrl: url = '' } = await this.sqs.getQueueUrl({ QueueName: name });
      return await this.describe(url);
    } catch (error) {
      if (isQueueMissing(error)) return undefined;
      throw error;
    }
  }

  /** Makes it, or widens the one that is there: a sender may know less of it than its receiver. */
  async ensure(name: string, queue: NewQueue): Promise<QueueResource> {
    const found = await this.find(name);
    return found ? this.widen(found, queue) : this.create(name, queue);
  }

  /** Lets topics or rules put messages on a queue. Two instances may do so at once, so what was written is looked at again. */
  async allow(url: string, service: PolicySource, sources: readonly string[], wildcard: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { arn, attributes } = await this.describe(url);
      const policy = allowSources(attributes['Policy'], arn, service, sources, wildcard);
      if (policy === undefined) return;
      if (attempt > POLICY_ATTEMPTS) throw new Error(`The policy of ${arn} does not keep what is written to it`);
      await this.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { Policy: policy } });
    }
  }

  refused({ attributes }: QueueResource, service: PolicySource, sources: readonly string[]): readonly string[] {
    return refusedSources(attributes['Policy'], service, sources);
  }

  private async create(name: string, queue: NewQueue): Promise<QueueResource> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { QueueUrl: url = '' } = await this.sqs.createQueue({
          QueueName: name,
          Attributes: attributesOf(queue),
          ...(queue.tags && { tags: { ...queue.tags } }),
        });
        return await this.describe(url);
      } catch (error) {
        if (isQueueDeletedRecently(error) && attempt < DELETED_ATTEMPTS) await sleep(this.clock, DELETED_PAUSE);
        else if (isQueueThere(error) && attempt === 1) return this.ensure(name, queue);
        else throw error;
      }
    }
  }

  private async widen(found: QueueResource, queue: NewQueue): Promise<QueueResource> {
    if (queue.deadLetterArn === undefined) return found;
    const redrive = redrivePolicyOf(found);
    const receives = Math.min(queue.maxReceiveCount, MAX_RECEIVES);
    if (redrive && redrive.maxReceiveCount >= receives) return found;
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: redrive?.deadLetterTargetArn ?? queue.deadLetterArn,
      maxReceiveCount: receives,
    });
    await this.sqs.setQueueAttributes({ QueueUrl: found.url, Attributes: { RedrivePolicy } });
    return { ...found, attributes: { ...found.attributes, RedrivePolicy } };
  }

  private async describe(url: string): Promise<QueueResource> {
    const { Attributes: attributes = {} } = await this.sqs.getQueueAttributes({
      QueueUrl: url,
      AttributeNames: ['All'],
    });
    return { url, arn: attributes['QueueArn'] ?? '', attributes: attributes as Record<string, string> };
  }
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export function redrivePolicyOf({ attributes }: QueueResource): RedrivePolicy | undefined {
  const text = attributes['RedrivePolicy'];
  if (!text) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as Record<keyof RedrivePolicy, unknown>;
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

function attributesOf(queue: NewQueue): Record<string, string> {
  const { fifo, visibilityTimeout, maxReceiveCount, deadLetterArn, kmsKeyId, retention } = queue;
  return {
    VisibilityTimeout: String(Math.ceil(visibilityTimeout / 1_000)),
    ...(fifo && { FifoQueue: 'true' }),
    ...(retention !== undefined && { MessageRetentionPeriod: String(Math.ceil(retention / 1_000)) }),
    ...(kmsKeyId !== undefined && { KmsMasterKeyId: kmsKeyId }),
    ...(deadLetterArn !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: deadLetterArn,
        maxReceiveCount: Math.min(maxReceiveCount, MAX_RECEIVES),
      }),
    }),
  };
}
