import { FakeClock } from '../../testing/fake-clock.js';
import { describeDamagedEvents } from '../../event-sourcing/testing/damaged-events.contract.js';
import { textOf } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { keyText, streamKey } from './keys.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

describeDamagedEvents(
  'DynamoDB, in memory',
  (protection, clock) => {
    const table = new FakeTable();
    const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), protection, clock });
    const change = (make: (item: Item, text: string) => Item | undefined) => (streamName: string, version: number) => {
      const key = keyText({ pk: streamKey(streamName), sk: version });
      const item = table.items.get(key);
      if (!item) throw new Error(`There is no item ${key}.`);
      const text = textOf(item, 'e') ?? '';
      const made = make(item, text);
      if (made) table.items.set(key, made);
      else table.items.delete(key);
      return () => void table.items.set(key, item);
    };
    return {
      store,
      tamper: change((item, text) => ({
        ...item,
        e: { S: text.replace(/"[\w+/=]{40,}"/, `"${'A'.repeat(48)}"`) },
      })),
      damages: {
        'its item is cut off': change((item, text) => ({ ...item, e: { S: text.slice(0, -2) } })),
        'its item holds what is no event': change((item) => ({ ...item, e: { S: '[7]' } })),
        'its item holds other bytes': change((item) => ({ ...item, e: { B: Buffer.from('no deflated text') } })),
        'its item lacks the events': change(({ e: _events, ...item }) => item),
        'its item does not say where the commit ends': change(({ to: _to, ...item }, text) => ({
          ...item,
          e: { S: text.slice(0, -2) },
        })),
        'its item is gone': change(() => undefined),
      },
      close: () => store.close(),
    };
  },
  [
    'its item is cut off',
    'its item holds what is no event',
    'its item holds other bytes',
    'its item lacks the events',
    'its item does not say where the commit ends',
  ],
  () => new FakeClock(),
);
