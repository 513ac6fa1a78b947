import { writeSync } from 'node:fs';
import { SystemClock } from '../../libs/loose-coupling/src/kernel/index.js';
import { SqliteEventStore } from '../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { PersistentSubscriptions } from '../../libs/loose-coupling/src/event-sourcing/subscriptions/persistent-subscriptions.js';
import { event } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';

/** Appends and projects until it is killed; says each time that an event was handled. */
async function main([file = '', name = '']: readonly string[]): Promise<void> {
  const store = new SqliteEventStore({ file });
  const { checkpoints } = store;
  const subscriptions = new PersistentSubscriptions({ store, checkpoints, clock: new SystemClock() });
  subscriptions.subscribe(
    { name: 'projector', batchSize: 5 },
    ({ streamName, version, position }, { documents }) => {
      documents.update(streamName, (seen) => [...((seen as number[] | undefined) ?? []), version]);
      documents.update('last', (last) => ({
        position,
        count: ((last as { count: number } | undefined)?.count ?? 0) + 1,
      }));
      writeSync(1, '.');
    },
    { documents: { collection: 'seen' } },
  );
  subscriptions.start();
  for (let number = 0; ; number += 1) {
    await store.appendToStream(`${name}-${number % 3}`, [event('x')]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

void main(process.argv.slice(2));
