import { Injectable } from '@nestjs/common';
import { defineCommand, defineEvent, MessageBus, OnCommand, OnEvent, type MessageContext } from 'nestjs-loose-coupling';
import { withCorrelation } from '../../libs/loose-coupling/src/kernel/index.js';
import { describeTransports } from './describe-transports.js';

jest.setTimeout(40_000);

const Placed = defineEvent<{ id: string }>('shop.traced');
const Reserve = defineCommand<{ id: string }>('inventory.traced');
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

describeTransports('a trace', (start) => {
  it('goes through every hop, each with a span of its own', async () => {
    const seen: (string | undefined)[] = [];
    const vendors: (string | undefined)[] = [];
    @Injectable()
    class Stock {
      constructor(private readonly bus: MessageBus) {}

      @OnEvent(Placed)
      async placed({ id }: { id: string }, context: MessageContext) {
        seen.push(context.traceparent);
        await this.bus.send(Reserve, { id });
      }

      @OnCommand(Reserve)
      reserve(_command: unknown, context: MessageContext) {
        seen.push(context.traceparent);
        vendors.push(context.envelope.tracestate);
      }
    }
    const { bus, probe } = await start({ providers: [Stock] });
    const trace = { traceparent: PARENT, tracestate: 'rojo=00f067aa0ba902b7' };
    await withCorrelation({ correlationId: 'c-1', ...trace }, () => bus.publish(Placed, { id: '1' }));
    await probe.consumed(Reserve, undefined, { timeout: 15_000 });
    const [first, second] = seen;
    expect(first).toBe(PARENT);
    expect(second).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(second).not.toBe(PARENT);
    expect(vendors).toEqual(['rojo=00f067aa0ba902b7']);
  });

  it('is not begun from text that names none', async () => {
    const seen: (string | undefined)[] = [];
    @Injectable()
    class Stock {
      constructor(private readonly bus: MessageBus) {}

      @OnEvent(Placed)
      async placed({ id }: { id: string }) {
        await this.bus.send(Reserve, { id });
      }

      @OnCommand(Reserve)
      reserve(_command: unknown, context: MessageContext) {
        seen.push(context.traceparent);
      }
    }
    const { bus, probe } = await start({ providers: [Stock] });
    await withCorrelation({ correlationId: 'c-1', traceparent: 'evil' }, () => bus.publish(Placed, { id: '1' }));
    await probe.consumed(Reserve, undefined, { timeout: 15_000 });
    expect(seen).toEqual([undefined]);
  });
});
