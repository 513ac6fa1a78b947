const DEAD_LETTERS = /-dlq(\.fifo)?$/;

export const isDeadLetterQueueName = (name: string): boolean => DEAD_LETTERS.test(name);

/** `orders-dlq` → `orders`, `orders-dlq.fifo` → `orders.fifo`. */
export const originalQueueName = (name: string): string => name.replace(DEAD_LETTERS, '$1');
