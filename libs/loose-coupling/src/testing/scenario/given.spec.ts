import { AssertionError } from 'node:assert';
import { defineEvent } from '../../messaging/index.js';
import { Aggregate } from '../../event-sourcing/aggregate/aggregate.decorator.js';
import { Apply } from '../../event-sourcing/aggregate/apply.decorator.js';
import { EventSourcedAggregateRoot } from '../../event-sourcing/aggregate/event-sourced-aggregate-root.js';
import { EventType } from '../../event-sourcing/event-types/event-type.decorator.js';
import { given } from './given.js';

@EventType('order.placed')
class OrderWasPlaced {
  constructor(readonly total: number) {}
}

@EventType('order.shipped')
class OrderWasShipped {
  constructor(readonly at: unknown = 'dock 1') {}
}

class NotPlacedError extends Error {
  readonly code = 'NOT_PLACED';
}

const Shipped = defineEvent('shop.order.shipped', {
  schema: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) =>
        (value as { ok?: boolean }).ok === false ? { issues: [{ message: 'no' }] } : { value },
    },
  },
});

@Aggregate({ category: 'order' })
class Order extends EventSourcedAggregateRoot {
  status = 'new';
  total = 0;

  place(total: number): void {
    this.apply(new OrderWasPlaced(total));
  }

  async ship(at?: unknown, ok?: boolean): Promise<void> {
    if (this.status !== 'placed') throw new NotPlacedError(`${this.id} is ${this.status}`);
    this.apply(new OrderWasShipped(at));
    this.emit(Shipped, { orderId: this.id, ok }, { delay: 5 });
  }

  @Apply(OrderWasPlaced)
  protected whenPlaced({ total }: OrderWasPlaced): void {
    this.status = 'placed';
    this.total = total;
  }

  @Apply(OrderWasShipped)
  protected whenShipped(): void {
    this.status = 'shipped';
  }
}

const placed = () => given(Order, [new OrderWasPlaced(4)]);
const messageOf = async (work: Promise<void>): Promise<string> => {
  const error: unknown = await work.then(
    () => new Error('It passed.'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return (error as Error).message;
};

describe('given, when, then of an aggregate', () => {
  it('passes when events, state and messages are as expected', async () => {
    await given(Order)
      .when((order) => order.place(4))
      .then([new OrderWasPlaced(4)]);
    await placed()
      .when((order) => order.ship())
      .then([new OrderWasShipped()]);
    await placed()
      .when((order) => order.ship())
      .thenState({ status: 'shipped', total: 4 });
    await given(Order, [new OrderWasPlaced(4)], { id: '7' })
      .when((order) => order.ship())
      .thenMessages([[Shipped, { orderId: '7', ok: undefined }, { delay: 5 }]]);
    await expect(
      placed()
        .when((order) => order.ship())
        .then({ events: [new OrderWasShipped()], state: { status: 'shipped' } }),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['other data', [new OrderWasPlaced(5)], /Order with 0 events: other events came.*\+.*total: 4.*-.*total: 5/s],
    ['another class', [new OrderWasShipped()], /OrderWasPlaced.*OrderWasShipped/s],
    ['fewer', [], /total: 4/],
    ['more', [new OrderWasPlaced(4), new OrderWasShipped()], /OrderWasShipped/],
  ])('shows the difference between events: %s', async (_, events, message) => {
    expect(
      await messageOf(
        given(Order)
          .when((order) => order.place(4))
          .then(events),
      ),
    ).toMatch(message);
  });

  it('shows the difference between states and between messages', async () => {
    const outcome = placed().when((order) => order.ship());
    expect(await messageOf(outcome.thenState({ status: 'new' }))).toMatch(/the state is another.*shipped.*new/s);
    expect(await messageOf(outcome.thenMessages([]))).toMatch(/other messages.*shop\.order\.shipped/s);
  });

  it.each([
    ['its class', NotPlacedError],
    ['its code', 'NOT_PLACED'],
    ['a part of its message', 'is new'],
    ['an expression', /^1 is new$/],
    ['properties', { code: 'NOT_PLACED' }],
    ['a test', (error: unknown) => error instanceof NotPlacedError],
    ['nothing in particular', undefined],
  ])('passes when it fails as expected, by %s', async (_, expected) => {
    await expect(
      given(Order)
        .when((order) => order.ship())
        .thenThrows(expected),
    ).resolves.toBeUndefined();
  });

  it.each([[TypeError], ['OTHER'], [/other/], [{ code: 'OTHER' }], [() => false]])(
    'tells of another failure than %p',
    async (expected) => {
      const outcome = given(Order).when((order) => order.ship());
      expect(await messageOf(outcome.thenThrows(expected))).toMatch(/but it failed with.*1 is new/s);
    },
  );

  it('tells of a failure where events were expected, and of events where a failure was', async () => {
    expect(
      await messageOf(
        given(Order)
          .when((order) => order.ship())
          .then([]),
      ),
    ).toMatch(/failed with.*1 is new/s);
    expect(
      await messageOf(
        placed()
          .when((order) => order.ship())
          .thenThrows(),
      ),
    ).toMatch(/it made.*OrderWasShipped/s);
  });

  it('fails as a commit would: data that cannot be stored, a message that does not fit', async () => {
    await placed()
      .when((order) => order.ship(new Date()))
      .thenThrows('LC_UNSTORABLE_DATA');
    const outcome = placed().when((order) => order.ship('dock 2', false));
    await expect(outcome.thenThrows('LC_INVALID_MESSAGE_DATA')).resolves.toBeUndefined();
    class Stranger {}
    await expect(
      given(Order, [new Stranger()])
        .when(() => undefined)
        .then([]),
    ).rejects.toMatchObject({
      code: 'LC_UNKNOWN_EVENT_TYPE',
    });
  });

  it('does not pass when nothing is expected', async () => {
    // As a test in JavaScript may that forgets `then`; the compiler refuses it.
    const outcome: unknown = given(Order).when((order) => order.place(4));
    await expect(Promise.resolve(outcome)).rejects.toThrow(/nothing is expected/);
  });

  it('refuses what it cannot play', () => {
    expect(() => given(class {} as never)).toThrow(TypeError);
  });
});
