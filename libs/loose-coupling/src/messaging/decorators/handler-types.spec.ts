import { z } from 'zod';
import { defineCommand } from '../contracts/define-command.js';
import { defineEvent } from '../contracts/define-event.js';
import type { EventOf } from '../contracts/message-contract.js';
import type { MessageBus } from '../bus/message-bus.js';
import type { MessageContext } from '../dispatch/message-context.js';
import { handlerMetadataOf } from './handler-metadata.js';
import { OnCommand } from './on-command.decorator.js';
import { OnDeadLetter } from './on-dead-letter.decorator.js';
import { OnEvent } from './on-event.decorator.js';
import { OnRequest } from './on-request.decorator.js';

const Placed = defineEvent('shop.order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
const Cancelled = defineEvent('shop.order.cancelled', { schema: z.object({ id: z.string() }) });
const GetStock = defineCommand('inventory.stock.get', {
  schema: z.object({ sku: z.string() }),
  reply: z.object({ onHand: z.number() }),
});

class Typed {
  @OnEvent(Placed)
  async both(_order: EventOf<typeof Placed>, _context: MessageContext): Promise<void> {}

  @OnEvent(Placed)
  none(): void {}

  @OnEvent(Placed)
  wider(_order: { id: string }): void {}

  // @ts-expect-error the data has no `sku`
  @OnEvent(Placed)
  wrong(_order: { sku: string }): void {}

  @OnEvent([Placed, Cancelled])
  several(_event: EventOf<typeof Placed> | EventOf<typeof Cancelled>): void {}

  // @ts-expect-error only one of the two events is accepted
  @OnEvent([Placed, Cancelled])
  oneOfSeveral(_event: EventOf<typeof Placed>): void {}

  @OnEvent('order.created')
  @OnEvent(Symbol('order.deleted'))
  named(_payload: { anything: number }): void {}

  @OnCommand(GetStock)
  command(_data: { sku: string }): void {}

  @OnRequest(GetStock)
  async request(_data: { sku: string }): Promise<{ onHand: number }> {
    return { onHand: 1 };
  }

  // @ts-expect-error the reply has no `onHand`
  @OnRequest(GetStock)
  async wrongReply(_data: { sku: string }): Promise<{ left: number }> {
    return { left: 1 };
  }

  @OnDeadLetter('orders')
  deadLetter(_data: unknown, _context: MessageContext): void {}

  @OnDeadLetter(Placed)
  deadContract(_data: EventOf<typeof Placed>): void {}
}

/** Compiled, never run. */
async function busTypes(bus: MessageBus): Promise<void> {
  await bus.publish(Placed, { id: '1', total: 2 });
  await bus.publish('order.created', { any: 'thing' });
  // @ts-expect-error total is missing
  await bus.publish(Placed, { id: '1' });
  await bus.publishAll([
    { event: Placed, data: { id: '1', total: 2 } },
    { event: Cancelled, data: { id: '1' } },
    { event: 'order.created', data: 3 },
  ]);
  // @ts-expect-error total is missing
  await bus.publishAll([{ event: Placed, data: { id: '1' } }]);
  await bus.publishAll(['1', '2'].map((id) => ({ event: Cancelled, data: { id } })));
  const reply: { onHand: number } = await bus.request(GetStock, { sku: 'a' }, { timeout: 5 });
  await bus.send(GetStock, { sku: String(reply.onHand) });
  await bus.schedule(Placed, { id: '1', total: 2 }, { delay: 5 });
  await bus.subscribe(Placed, (order, context) => `${order.id} ${context.id}`);
}

describe('message handler decorators', () => {
  it('and the bus refuse data of another type when compiled', () => {
    expect(busTypes).toHaveLength(1);
  });

  it('keep what every repetition on one method declares, in the order they are written', () => {
    const declared = handlerMetadataOf(Typed.prototype.named);

    expect(declared.map(({ kind, reference }) => [kind, String(reference)])).toEqual([
      ['event', 'order.created'],
      ['event', 'Symbol(order.deleted)'],
    ]);
  });

  it('declare one handler for each event of a list', () => {
    expect(handlerMetadataOf(Typed.prototype.several).map(({ reference }) => reference)).toEqual([Placed, Cancelled]);
  });
});
