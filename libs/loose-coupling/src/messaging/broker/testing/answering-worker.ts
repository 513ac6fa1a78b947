import { openLocalBroker } from '../open-local-broker.js';

/** Copies messages from one queue to another as they come. Run as a child process: `<file> <from> <to>`. */
async function work(file: string, from: string, to: string): Promise<void> {
  const broker = await openLocalBroker({ file });
  const [source, target] = [broker.queue(from), broker.queue(to)];
  process.stdin.once('data', () => {
    process.stdin.destroy();
    void broker.close();
  });
  process.stdout.write('ready\n');
  for (;;) {
    const received = await source.receive({ max: 10, wait: 20_000 });
    if (received.length === 0) return;
    await target.send(received.map(({ body }) => ({ body })));
    await source.delete(received.map(({ receiptHandle }) => receiptHandle));
  }
}

const [file = '', from = '', to = ''] = process.argv.slice(2);
void work(file, from, to);
