import { createRequire } from 'node:module';
import { scratchFile } from '../../harness/scratch.mjs';

const require = createRequire(new URL('../../../package.json', import.meta.url));
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

/** A job queue on SQLite, here on the same driver: it claims jobs one at a time and keeps those that are done. */
export const plainjob = {
  name: 'plainjob',
  note: 'SQLite',
  peer: true,
  async open() {
    const file = scratchFile();
    const queue = await openPlainjob(file.path);
    return {
      send(bodies) {
        if (bodies.length === 1) queue.add('orders', bodies[0]);
        else queue.addMany('orders', bodies);
      },
      receive(max) {
        const jobs = [];
        for (let claimed; jobs.length < max && (claimed = queue.getAndMarkJobAsProcessing('orders'));) {
          jobs.push(queue.getJobById(claimed.id));
        }
        return jobs;
      },
      delete: (jobs) => jobs.forEach(({ id }) => queue.markJobAsDone(id)),
      close() {
        queue.close();
        file.remove();
      },
    };
  },
};

export async function openPlainjob(path) {
  const { better, defineQueue } = await import('plainjob');
  return defineQueue({ connection: better(new (require('libsql'))(path)), logger });
}

export async function plainjobWorker(queue, handle) {
  const { defineWorker } = await import('plainjob');
  return defineWorker('orders', handle, { queue, logger });
}
