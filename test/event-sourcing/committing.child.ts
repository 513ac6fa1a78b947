import { SqliteEventStore } from '../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import { events, message } from '../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';

/** Commits until it is killed; says of each commit that it was acknowledged, in the words of the test. */
async function main([file = '', name = '']: readonly string[]): Promise<void> {
  const store = new SqliteEventStore({ file });
  for (let number = 0; ; number++) {
    const id = `${name}-${number}`;
    await Promise.all(
      ['left', 'right'].map(async (side) => {
        const streamName = `${side}-${name}`;
        await store.commit({
          appends: [
            { streamName, events: events((number % 3) + 1) },
            { streamName: `${streamName}-shared`, events: events(1) },
          ],
          messages: [message(`${id}-${side}`)],
          inbox: { consumer: side, messageId: id },
        });
        process.stdout.write(`${id}-${side}\n`);
      }),
    );
  }
}

void main(process.argv.slice(2));
