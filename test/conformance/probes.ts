import { randomUUID } from 'node:crypto';
import type { MessageTransport } from 'nestjs-loose-coupling';

/** What an emulator may not do as AWS does; found out, not assumed. */
export const PROBES = {
  /** A receive that waits is answered when a message of a FIFO group that was in flight becomes visible. */
  async 'a waiting receive sees a FIFO group that is released'(transport: MessageTransport): Promise<boolean> {
    const name = `probe-${randomUUID().slice(0, 8)}.fifo`;
    const specification = { name, fifo: true, visibilityTimeout: 30_000, maxReceiveCount: 100 };
    await transport.provision({ queues: [specification], topics: [], subscriptions: [] });
    const queue = transport.queue(name);
    await queue.send([{ body: '1', groupId: 'a', deduplicationId: '1' }]);
    const [message] = await queue.receive({ max: 1, wait: 1_000 });
    const waiting = queue.receive({ max: 1, wait: 3_000 });
    // The receive is to be there first.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await queue.changeVisibility([{ receiptHandle: message?.receiptHandle ?? '', timeout: 0 }]);
    const found = (await waiting).length === 1;
    await transport.deleteQueue(name);
    return found;
  },
};

/** Whether the transport can do it; says so when not, as a test that is left out must be seen. */
export async function can(transport: MessageTransport, what: keyof typeof PROBES): Promise<boolean> {
  const does = await PROBES[what](transport);
  if (!does) process.stderr.write(`\nSKIPPED, as it is not so here: ${what} (${expect.getState().currentTestName})\n`);
  return does;
}
