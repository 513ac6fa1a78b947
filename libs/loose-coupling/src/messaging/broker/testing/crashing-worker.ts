import { writeSync } from 'node:fs';
import { openLocalBroker } from '../open-local-broker.js';

/**
 * Sends, receives and deletes in a loop until it is killed, and writes a line for each fact that the broker reported,
 * `sent <body>` and `deleted <body>`, and for each attempt that may have succeeded unreported, `deleting <body>`. Run as a child process: `<file> <name> <queue>`.
 */
async function work(file: string, name: string, queueName: string): Promise<void> {
  const broker = await openLocalBroker({ file });
  const queue = broker.queue(queueName);
  const report = (lines: string[]) => void (lines.length > 0 && writeSync(1, `${lines.join('\n')}\n`));
  report(['ready']);
  for (let round = 0; ; round += 1) {
    const bodies = Array.from({ length: 1 + (round % 7) }, (_, index) => `${name}-${round}-${index}`);
    const sent = await queue.send(bodies.map((body) => ({ body, groupId: `g${round % 3}` })));
    report(bodies.filter((_, index) => sent[index]?.ok).map((body) => `sent ${body}`));
    const received = await queue.receive({ max: 1 + (round % 5), wait: 0, visibilityTimeout: 50 });
    report(received.map(({ body }) => `deleting ${body}`));
    const deleted = await queue.delete(received.map(({ receiptHandle }) => receiptHandle));
    report(received.filter((_, index) => deleted[index]?.ok).map(({ body }) => `deleted ${body}`));
  }
}

const [file = '', name = '', queueName = ''] = process.argv.slice(2);
void work(file, name, queueName);
