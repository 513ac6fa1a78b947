import { UnknownQueueError } from '../../messaging/index.js';
import type { SqsApi } from '../clients/aws-apis.js';
import { isQueueMissing } from '../topology/aws-error-names.js';
import { OnceEach } from '../topology/once-each.js';
import { parseArn, type ResourceNames } from '../topology/resource-names.js';

/** Where queues are, by their names in the application; a URL or ARN is taken as it is. */
export class QueueUrls {
  private readonly urls = new OnceEach();

  constructor(
    private readonly sqs: Pick<SqsApi, 'getQueueUrl'>,
    private readonly names: ResourceNames,
  ) {}

  /** @throws {UnknownQueueError} */
  find(name: string): Promise<string> {
    if (/^https?:\/\//.test(name)) return Promise.resolve(name);
    return this.urls.run(name, async () => {
      try {
        const { QueueUrl: url } = await this.sqs.getQueueUrl(this.query(name));
        if (url) return url;
      } catch (cause) {
        if (isQueueMissing(cause)) throw new UnknownQueueError(name, undefined, { cause });
        throw cause;
      }
      throw new UnknownQueueError(name);
    });
  }

  /** To be called when there is no such queue any more: it may be made again, elsewhere. */
  forget(name: string): void {
    this.urls.forget((key) => key === name);
  }

  private query(name: string): { QueueName: string; QueueOwnerAWSAccountId?: string } {
    if (!name.startsWith('arn:')) return { QueueName: this.names.queue(name) };
    const { account, resource } = parseArn(name);
    return { QueueName: resource, QueueOwnerAWSAccountId: account };
  }
}
