import { createHash } from 'node:crypto';

const FIFO = '.fifo';
const HASH_LENGTH = 10;
/** What the services allow. */
const LIMITS = { queue: 80, topic: 256, rule: 64, bus: 256 } as const;

/** An ARN or URL is taken as it is: what it names belongs to somebody else. */
export const isForeignName = (name: string): boolean => name.startsWith('arn:') || /^https?:\/\//.test(name);

/** Names of what one application has on AWS: its prefix, then what it is called in the application. */
export class ResourceNames {
  constructor(readonly prefix: string | undefined) {}

  /** `orders.fifo` of prefix `prod` → `prod-orders.fifo`. */
  queue(name: string): string {
    return this.fit(name, LIMITS.queue);
  }

  /** `shop.order.placed` → `prod-shop-order-placed`; `.fifo` at the end for an ordered one. */
  topic(name: string, fifo = false): string {
    const stem = name.endsWith(FIFO) ? name.slice(0, -FIFO.length) : name;
    const suffix = fifo || stem !== name ? FIFO : '';
    return this.fit(`${stem.replaceAll('.', '-')}${suffix}`, LIMITS.topic);
  }

  bus(name: string): string {
    return name === 'default' || isForeignName(name) ? name : this.fit(name, LIMITS.bus);
  }

  /** One rule for each event that a queue gets. */
  rule(queue: string, event: string): string {
    return this.fit(`${queue}-${event}`.replaceAll(/[^\w.-]/g, '-'), LIMITS.rule);
  }

  /** The reverse of `queue`; nothing for a queue of another prefix. A name that was cut stays as it is. */
  logicalQueue(physical: string): string | undefined {
    if (this.prefix === undefined) return physical;
    return physical.startsWith(`${this.prefix}-`) ? physical.slice(this.prefix.length + 1) : undefined;
  }

  private fit(name: string, limit: number): string {
    const full = this.prefix === undefined ? name : `${this.prefix}-${name}`;
    if (full.length <= limit) return full;
    // Two long names that begin alike must not become one.
    const suffix = full.endsWith(FIFO) ? FIFO : '';
    const hash = createHash('sha256').update(full).digest('hex').slice(0, HASH_LENGTH);
    return `${full.slice(0, limit - suffix.length - HASH_LENGTH - 1)}-${hash}${suffix}`;
  }
}

/** `arn:aws:sqs:eu-west-1:123456789012:orders` → its parts. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export function parseArn(arn: string): ArnParts {
  const [, partition = '', service = '', region = '', account = '', ...resource] = arn.split(':');
  return { partition, service, region, account, resource: resource.join(':') };
}
