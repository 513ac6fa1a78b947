import 'reflect-metadata';
import { fromWorkspace, NestFactory } from '../../harness/nest.mjs';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Apply,
  EventSourcedAggregateRoot,
  EventStore,
  EventType,
  getAggregateRepositoryToken,
} from 'nestjs-loose-coupling/event-sourcing';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

const { CqrsModule } = fromWorkspace('@nestjs/cqrs');

class LineAdded {}
EventType(EVENT_TYPE)(LineAdded);

class Order extends EventSourcedAggregateRoot {
  state = emptyOrder();

  lineAdded(event) {
    this.state = addLine(this.state, event);
  }
}
Apply(LineAdded)(Order.prototype, 'lineAdded', {});

/** What a service calls: `AggregateRepository.load`, which revives an instance of its class for each event. */
const aggregate = (kind, storeOptions) => ({
  name: `${OURS}, AggregateRepository`,
  note: kind,
  async open() {
    const file = kind === 'SQLite' ? scratchFile() : undefined;
    const application = await NestFactory.createApplicationContext(
      {
        module: class BenchModule {},
        imports: [
          CqrsModule.forRoot(),
          LooseCouplingModule.forRoot({ service: 'bench', store: storeOptions(file), logger: false }),
          LooseCouplingModule.forFeature({ aggregates: [Order] }),
        ],
      },
      { logger: false },
    );
    const store = application.get(EventStore);
    const repository = application.get(getAggregateRepositoryToken(Order), { strict: false });
    return {
      append: (stream, expectedVersion, payloads) =>
        store.appendToStream(
          `order-${stream}`,
          payloads.map((data) => ({ type: EVENT_TYPE, data })),
          { expectedVersion },
        ),
      load: async (stream) => (await repository.load(stream)).state,
      async close() {
        await application.close();
        file?.remove();
      },
    };
  },
});

export const aggregateInMemory = aggregate('memory', () => ({ type: 'memory' }));
export const aggregateOnSqlite = aggregate('SQLite', (file) => ({ type: 'sqlite', file: file.path }));
