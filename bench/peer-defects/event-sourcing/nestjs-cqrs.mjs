import { createRequire } from 'node:module';
import { join } from 'node:path';
import { WORKSPACE } from '../../harness/paths.mjs';

const require = createRequire(join(WORKSPACE, 'package.json'));
const { AggregateRoot } = require('@nestjs/cqrs');

export const version = require('@nestjs/cqrs/package.json').version;

class Account extends AggregateRoot {
  open() {
    this.apply(new Opened());
  }
}
class Opened {}

const opened = (publishAll) => {
  const account = Object.assign(new Account(), { publishAll });
  account.open();
  return account;
};

/** Rejections that nobody handles, while `work` runs and a little after. */
async function unhandledDuring(work) {
  const unhandled = [];
  const listen = (error) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  await work();
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', listen);
  return unhandled.length;
}

export const defects = [
  {
    id: 'nestjs-cqrs-1',
    title: 'commit() returns nothing that could be waited for',
    run: async () => {
      const returned = opened(async () => undefined).commit();
      return { defective: returned === undefined, seen: `commit() returned ${String(returned)}` };
    },
  },
  {
    id: 'nestjs-cqrs-2',
    title: 'An asynchronous publisher sees no events after its first await',
    run: async () => {
      let seen;
      opened(async (events) => {
        await undefined;
        seen = events.length;
      }).commit();
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { defective: seen === 0, seen: `1 event was committed, ${seen} were there after the first await` };
    },
  },
  {
    id: 'nestjs-cqrs-3',
    title: 'When the publisher rejects, the uncommitted events are gone',
    run: async () => {
      const account = opened(() => Promise.resolve());
      account.publishAll = () => {
        const failed = Promise.reject(new Error('away'));
        failed.catch(() => undefined);
        return failed;
      };
      account.commit();
      const { length } = account.getUncommittedEvents();
      return { defective: length === 0, seen: `commit() did not fail, ${length} uncommitted events are left` };
    },
  },
  {
    id: 'nestjs-cqrs-4',
    title: 'Nobody handles the rejection of a publisher, which by default ends the process',
    run: async () => {
      const unhandled = await unhandledDuring(() => opened(() => Promise.reject(new Error('away'))).commit());
      return { defective: unhandled === 1, seen: `${unhandled} unhandled rejection` };
    },
  },
];
