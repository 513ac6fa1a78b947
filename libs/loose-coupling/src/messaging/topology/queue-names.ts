const FIFO_SUFFIX = '.fifo';
/** SQS allows 80; `-dlq` must fit as well. */
const MAX_LENGTH = 80 - '-dlq'.length;

/** `shop.order.placed` of service `inventory` → `inventory-shop-order-placed`. */
export const eventQueueName = (service: string, eventName: string): string =>
  `${service}-${eventName.replaceAll('.', '-')}`;

/** A queue is FIFO when its name says so, as on SQS; the name of a FIFO queue is completed here. */
export const physicalQueueName = (name: string, fifo: boolean): string =>
  fifo && !name.endsWith(FIFO_SUFFIX) ? `${name}${FIFO_SUFFIX}` : name;

export const isFifoQueueName = (name: string): boolean => name.endsWith(FIFO_SUFFIX);

/** What is wrong with a queue name, if anything. */
export function queueNameFault(name: string): string | undefined {
  const stem = isFifoQueueName(name) ? name.slice(0, -FIFO_SUFFIX.length) : name;
  if (!/^[\w-]+$/.test(stem)) return 'letters, digits, "-" and "_", as SQS wants them';
  return name.length > MAX_LENGTH ? `at most ${MAX_LENGTH} characters, so that "-dlq" fits as well` : undefined;
}
