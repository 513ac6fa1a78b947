import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { EventTable } from './event-table.mjs';

/** What `findLeftovers` has checked beside, on DynamoDB. */
export const TABLES_AGREE =
  'in each table every commit is in the feed, once, without gaps, each stream as it was written';

const count = (file, table) => {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(`SELECT count(*) AS count FROM ${table}`).get().count;
  } finally {
    database.close();
  }
};

/** The ends of workflows are for whoever wants to know. Nobody here does, and the broker keeps them for those who may come. */
const FOR_SOMEBODY = `lc_message WHERE coalesce(json_extract(body, '$.topic'), '') NOT LIKE 'Workflow%'`;

/** Messages on all queues of the stage, dead-letter queues included. */
async function countOnAws({ access }, stage) {
  const { SQS } = await import('@aws-sdk/client-sqs');
  const sqs = new SQS({ ...access, useQueueUrlAsEndpoint: false });
  let messages = 0;
  const { QueueUrls = [] } = await sqs.listQueues({ QueueNamePrefix: `${stage}-` });
  for (const QueueUrl of QueueUrls) {
    const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    for (const state of ['', 'NotVisible', 'Delayed'])
      messages += Number(Attributes[`ApproximateNumberOfMessages${state}`] ?? 0);
  }
  sqs.destroy();
  return messages;
}

/** What the services still have to publish, or to put into a feed. */
function outboxes({ dataDir, tables }) {
  if (!tables) {
    return ['order', 'inventory'].map((name) => [
      () => count(join(dataDir, `${name}.db`), 'lc_outbox'),
      `messages in ${name}'s outbox`,
    ]);
  }
  return tables.map((table) => [() => table.countWaiting(), `messages in the outbox, or commits, of ${table.name}`]);
}

const eventTables = ({ access }, stage) =>
  ['order', 'inventory'].map((name) => new EventTable(access, `${stage}-${name}-events`));

/** Copies the tables to files, an item per line: an emulator's are gone with it. */
export async function keepTables({ dataDir, aws, stage }) {
  for (const table of eventTables(aws, stage)) {
    const lines = (await table.items()).map((item) => JSON.stringify(item));
    writeFileSync(join(dataDir, `${table.name}.jsonl`), lines.join('\n'));
    table.close();
  }
}

/**
 * Waits until no message is left on any queue (dead-letter queues included) and none in an outbox, and lists what is; on DynamoDB
 * also what is wrong with the tables.
 * @param {{ dataDir: string, aws?: object, stage?: string }} where the services keep their files, and their queues and tables
 * @param {number} timeout milliseconds
 */
export async function findLeftovers({ dataDir, aws, stage }, timeout) {
  const tables = aws && eventTables(aws, stage);
  const places = [
    [
      () => (aws ? countOnAws(aws, stage) : count(join(dataDir, 'broker.db'), FOR_SOMEBODY)),
      'messages on queues or dead-letter queues',
    ],
    ...outboxes({ dataDir, tables }),
  ];
  const deadline = Date.now() + timeout;
  for (;;) {
    const counted = await Promise.all(places.map(async ([look, what]) => [await look(), what]));
    const left = counted
      .filter(([number]) => number > 0)
      .map(([number, what]) => `${number} ${what} that nobody handled`);
    if (left.length === 0 || Date.now() > deadline) {
      const audits = await Promise.all((tables ?? []).map((table) => table.audit()));
      for (const table of tables ?? []) table.close();
      return [...left, ...audits.flatMap(({ faults }) => faults)];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
