import { commandQueueTopology } from './derive-topology.js';

describe('the queue of a command that its sender makes', () => {
  it('comes with its dead-letter queue, as if its receiver had made it with nothing but defaults', () => {
    const common = { fifo: true, visibilityTimeout: 30_000, maxReceiveCount: 15 };

    expect(commandQueueTopology('stock.fifo', true)).toEqual({
      queues: [
        { ...common, name: 'stock.fifo', deadLetterQueue: 'stock-dlq.fifo' },
        { ...common, name: 'stock-dlq.fifo' },
      ],
      topics: [],
      subscriptions: [],
    });
  });
});
