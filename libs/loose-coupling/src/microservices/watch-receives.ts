import type { MessageQueue } from '../messaging/index.js';
import type { SqsStatus } from './sqs-server.options.js';

/** The same queue, telling after every receive whether it could be reached. */
export function watchReceives(queue: MessageQueue, tell: (status: SqsStatus) => void): MessageQueue {
  return {
    name: queue.name,
    fifo: queue.fifo,
    send: (entries) => queue.send(entries),
    delete: (receipts) => queue.delete(receipts),
    changeVisibility: (changes) => queue.changeVisibility(changes),
    depth: () => queue.depth(),
    receive: async (options) => {
      try {
        const messages = await queue.receive(options);
        tell('connected');
        return messages;
      } catch (error) {
        tell('disconnected');
        throw error;
      }
    },
  };
}
