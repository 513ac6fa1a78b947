import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  defineCommand,
  defineEvent,
  LooseCouplingModule,
  MessageBus,
  OnEvent,
  OnRequest,
  type MessageContext,
} from './index.js';

const Placed = defineEvent<{ id: string }>('shop.order.placed');
const GetStock = defineCommand<{ sku: string }, { onHand: number }>('inventory.stock.get');

@Injectable()
class Reactions {
  readonly seen: [unknown, string][] = [];
  notify?: () => void;
  @OnEvent(Placed)
  placed(data: { id: string }, context: MessageContext) {
    this.seen.push([data, context.handler]);
    this.notify?.();
  }
  @OnRequest(GetStock)
  async stock({ sku }: { sku: string }) {
    return { onHand: sku.length };
  }
}

describe('LooseCouplingModule', () => {
  it('carries an event from publish to its handler', async () => {
    const moduleRef = await Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot()],
      providers: [Reactions],
    }).compile();
    await moduleRef.init();
    const reactions = moduleRef.get(Reactions);
    const handled = new Promise<void>((resolve) => (reactions.notify = resolve));
    const bus = moduleRef.get(MessageBus);

    await bus.publish(Placed, { id: '1' });
    await handled;

    expect(reactions.seen).toEqual([[{ id: '1' }, 'app/Reactions.placed']]);
    await expect(bus.request(GetStock, { sku: 'abc' })).resolves.toEqual({ onHand: 3 });
    await moduleRef.close();
  });
});
