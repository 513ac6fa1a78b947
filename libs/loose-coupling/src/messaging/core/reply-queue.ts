/** Queue of one instance for the replies to its requests; `id` is a UUIDv7. */
export const replyQueueName = (service: string, id: string): string => `${service}-replies-${id}`;

const REPLY_QUEUE = /^[\w-]+-replies-[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

export const isReplyQueueName = (name: string): boolean => REPLY_QUEUE.test(name);
