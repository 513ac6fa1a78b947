import 'reflect-metadata';
import { fromWorkspace, NestFactory } from '../../harness/nest.mjs';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Aggregate,
  Apply,
  EventSourcedAggregateRoot,
  EventStore,
  EventType,
  getAggregateRepositoryToken,
} from 'nestjs-loose-coupling/event-sourcing';
import { dynamoDbLocal, emulator } from '../../harness/emulator.mjs';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

const { CqrsModule } = fromWorkspace('@nestjs/cqrs');

class LineAdded {}
EventType(EVENT_TYPE)(LineAdded);

class Order extends EventSourcedAggregateRoot {
  state = emptyOrder();

  add(lines) {
    for (const line of lines) this.apply(Object.assign(new LineAdded(), line));
  }

  lineAdded(event) {
    this.state = addLine(this.state, event);
  }
}
Apply(LineAdded)(Order.prototype, 'lineAdded', {});
Aggregate({ category: 'order' })(Order);

/** Of 10,000 events the last 100 are not in it. */
class OrderWithSnapshots extends Order {}
Aggregate({ category: 'order', snapshot: { every: 150 } })(OrderWithSnapshots);

const STORES = {
  memory: () => ({ store: { type: 'memory' } }),
  SQLite() {
    const file = scratchFile();
    return { store: { type: 'sqlite', file: file.path }, remove: file.remove };
  },
  DynamoDB: async () => dynamoDbOptions((await emulator()).access),
  'DynamoDB Local': async () => dynamoDbOptions(await dynamoDbLocal()),
};

function dynamoDbOptions({ endpoint, region, credentials }) {
  const tablePrefix = `bench-${crypto.randomUUID()}`;
  // The SDK's clients leave notes of their own in the object that they share.
  const { accessKeyId, secretAccessKey } = credentials;
  const aws = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  return { store: { type: 'dynamodb', tablePrefix, provision: 'create' }, aws };
}

async function openRepository(kind, aggregate) {
  const { remove, ...options } = await STORES[kind]();
  const application = await NestFactory.createApplicationContext(
    {
      module: class BenchModule {},
      imports: [
        CqrsModule.forRoot(),
        LooseCouplingModule.forRoot({ service: 'bench', ...options, logger: false }),
        LooseCouplingModule.forFeature({ aggregates: [aggregate] }),
      ],
    },
    { logger: false, abortOnError: false },
  );
  const repository = application.get(getAggregateRepositoryToken(aggregate), { strict: false });
  const settled = async () => {
    let last = 0;
    for await (const { position } of application.get(EventStore).readAll()) last = position;
    return last;
  };
  const close = async () => {
    await application.close();
    remove?.();
  };
  return { application, repository, load: async (stream) => (await repository.load(stream)).state, settled, close };
}

/** What a service calls: `AggregateRepository.load`, which revives an instance of its class for each event. */
const aggregate = (kind) => ({
  name: `${OURS}, AggregateRepository`,
  note: kind,
  async open() {
    const { application, ...opened } = await openRepository(kind, Order);
    const store = application.get(EventStore);
    const append = (stream, expectedVersion, payloads) =>
      store.appendToStream(
        `order-${stream}`,
        payloads.map((data) => ({ type: EVENT_TYPE, data })),
        { expectedVersion },
      );
    return { ...opened, append };
  },
});

/** The same from a snapshot and the events after it; written as a service writes, as that is what makes snapshots. */
const withSnapshots = (kind, names) => ({
  ...names,
  async open() {
    const { repository, ...opened } = await openRepository(kind, OrderWithSnapshots);
    const append = (stream, _version, lines) =>
      repository.execute(stream, (order) => order.add(lines), { create: true });
    return { ...opened, append };
  },
});

export const aggregateInMemory = aggregate('memory');
export const aggregateOnSqlite = aggregate('SQLite');
export const aggregateOnDynamoDb = aggregate('DynamoDB');
export const snapshotsOnSqlite = withSnapshots('SQLite', {
  name: `${OURS}, AggregateRepository with snapshots`,
  note: 'SQLite',
});
/** @param kind `DynamoDB` or `DynamoDB Local` */
export const snapshotsOnDynamoDb = (kind) =>
  withSnapshots(kind, { name: OURS, note: 'AggregateRepository with snapshots' });
