import { randomUUID } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Aggregate,
  type AggregateRepository,
  Apply,
  EventSourcedAggregateRoot,
  EventStore,
  EventType,
  getAggregateRepositoryToken,
  Snapshots,
} from 'nestjs-loose-coupling/event-sourcing';
import { type AwsAccess, describeOnAws, describeOnDynamoDbLocal } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);

@EventType('order.line-added')
class LineAdded {
  constructor(readonly quantity: number) {}
}

const applied = { events: 0 };

@Aggregate({ category: 'order', snapshot: { every: 100 } })
class Order extends EventSourcedAggregateRoot {
  quantity = 0;

  add(quantity: number): void {
    this.apply(new LineAdded(quantity));
  }

  @Apply(LineAdded)
  protected whenLineAdded({ quantity }: LineAdded): void {
    this.quantity += quantity;
    applied.events += 1;
  }
}

function describeSnapshots(aws: () => AwsAccess): void {
  it('is loaded from its snapshot, by another process too', async () => {
    const { endpoint, region, credentials } = aws();
    const store = { type: 'dynamodb', tablePrefix: `t-${randomUUID()}`, provision: 'create' } as const;
    const open = async () => {
      const imports = [
        LooseCouplingModule.forRoot({ service: 'order', aws: { endpoint, region, credentials }, store }),
        LooseCouplingModule.forFeature({ aggregates: [Order] }),
      ];
      const app = await (await Test.createTestingModule({ imports }).compile()).init();
      const orders = app.get<AggregateRepository<Order>>(getAggregateRepositoryToken(Order), { strict: false });
      return { app, orders };
    };
    const one = await open();
    const lines = Array.from({ length: 500 }, () => ({ type: 'order.line-added', data: { quantity: 1 } }));
    for (let commit = 0; commit < 20; commit += 1) {
      await one.app.get(EventStore).appendToStream('order-1', lines, { expectedVersion: commit * 500 });
    }
    await one.orders.execute('1', (order) => order.add(1));
    await one.app.get(Snapshots).settled();
    await one.orders.execute('1', (order) => order.add(1));
    await one.app.close();

    const other = await open();
    applied.events = 0;
    const order = await other.orders.load('1');
    expect(order).toMatchObject({ quantity: 10_002, version: 10_002 });
    expect(applied.events).toBe(1);
    await other.app.close();
  });
}

describeOnAws('an aggregate of 10,000 events on DynamoDB', describeSnapshots);
describeOnDynamoDbLocal('an aggregate of 10,000 events', describeSnapshots);
