import { AwsTransport } from 'nestjs-loose-coupling/aws';
import { QueueConsumer } from 'nestjs-loose-coupling/messaging';

const open = ({ access }, receiver = 'auto') =>
  new AwsTransport({ type: 'aws', service: 'bench', receiver, aws: access });

/** The engine on a queue of SQS, a handler for each message. */
export async function openOurs(queue, handle, { concurrency = 100, deadLetters, receiver } = {}) {
  const transport = open(queue, receiver);
  const consumer = new QueueConsumer({
    queue: transport.queue(queue.url),
    ...(deadLetters && { deadLetterQueue: transport.queue(deadLetters.url) }),
    handle: async ({ body }) => {
      try {
        await handle(JSON.parse(body));
        return { action: 'acknowledge' };
      } catch (error) {
        return { action: 'retry', delay: 0, error };
      }
    },
    settings: { concurrency, receiveWait: 1_000 },
    onError: () => undefined,
  });
  consumer.start();
  return {
    consumer,
    async close() {
      await consumer.stop();
      await transport.close();
    },
  };
}

/** Sends one message at a time, as a caller does; what is sent together travels together. */
export async function openSender(queue) {
  const transport = open(queue);
  const { sqs } = transport.adapters('bench');
  return { send: (body) => sqs.send(queue.url, body), close: () => transport.close() };
}
