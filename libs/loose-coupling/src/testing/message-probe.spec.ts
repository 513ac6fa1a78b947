import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LooseCouplingModule } from '../loose-coupling.module.js';
import { defineEvent, MessageBus, OnEvent } from '../messaging/index.js';
import { FakeClock } from './fake-clock.js';
import { LooseCouplingTestingModule } from './loose-coupling-testing.module.js';
import { MessageProbe } from './message-probe.js';
import { ProbeTimeoutError } from './probe-timeout.error.js';

const Placed = defineEvent<{ id: string }>('shop.order.placed');

@Injectable()
class Orders {
  failures = 0;
  @OnEvent(Placed, { retry: { initialDelay: 0, maxDelay: 0 } })
  on() {
    if (this.failures-- > 0) throw new Error('not yet');
  }
}

async function start(imports = [LooseCouplingTestingModule.forRoot({ logger: false })], providers: object[] = []) {
  const app = await Test.createTestingModule({ imports, providers: [Orders, ...(providers as [])] }).compile();
  await app.init();
  return { app, bus: app.get(MessageBus), probe: app.get(MessageProbe), orders: app.get(Orders) };
}

describe('MessageProbe', () => {
  it('tells of a message before and after it happens', async () => {
    const { app, bus, probe } = await start();
    const before = probe.consumed(Placed, ({ data }) => data.id === '2');

    await bus.publish(Placed, { id: '1' });
    await bus.publish(Placed, { id: '2' });

    expect(await before).toMatchObject({ data: { id: '2' }, context: { handler: 'app/Orders.on' } });
    expect(await probe.consumed(Placed)).toMatchObject({ data: { id: '1' } });
    expect(await probe.published(Placed)).toMatchObject({ envelope: { type: 'shop.order.placed' } });
    expect(probe.all('published').map(({ data }) => data)).toEqual([{ id: '1' }, { id: '2' }]);
    probe.clear();
    expect(probe.all('published')).toEqual([]);
    await app.close();
  });

  it('tells of failed attempts', async () => {
    const { app, bus, probe, orders } = await start();
    orders.failures = 1;

    await bus.publish(Placed, { id: '1' });

    expect(await probe.failed(Placed)).toMatchObject({ error: { message: 'not yet' }, context: { attempt: 1 } });
    expect(await probe.consumed(Placed)).toMatchObject({ context: { attempt: 2 } });
    await app.close();
  });

  it('gives up with a list of what it saw', async () => {
    const { app, bus, probe } = await start();
    await bus.publish(Placed, { id: '1' });
    await probe.consumed(Placed);

    const waiting = probe.consumed(Placed, ({ data }) => data.id === '9', { timeout: 1 });

    await expect(waiting).rejects.toThrow(ProbeTimeoutError);
    await expect(waiting).rejects.toThrow(/published shop\.order\.placed {"id":"1"}\n.*consumed shop\.order\.placed/);
    await app.close();
  });

  it('rejects a wait whose predicate throws, and leaves the handler and other waits alone', async () => {
    const { app, bus, probe } = await start();
    const broken = () => {
      throw new TypeError('no lines');
    };
    const later = Promise.allSettled([probe.consumed(Placed, broken), probe.published(Placed, broken)]);
    const fine = probe.consumed(Placed);

    await bus.publish(Placed, { id: '1' });

    expect(await fine).toMatchObject({ context: { attempt: 1 } });
    const rejected = { status: 'rejected', reason: new TypeError('no lines') };
    expect(await later).toEqual([rejected, rejected]);
    await expect(probe.consumed(Placed, broken)).rejects.toThrow('no lines');
    expect(probe.all('failed')).toEqual([]);
    await app.close();
  });

  it('works beside a real LooseCouplingModule, and gives its clock to the test', async () => {
    const real = await start([LooseCouplingModule.forRoot({ logger: false })], [MessageProbe]);
    await real.bus.publish(Placed, { id: '1' });
    expect(await real.probe.consumed(Placed)).toMatchObject({ data: { id: '1' }, context: { attempt: 1 } });
    await real.app.close();

    const fake = await start([LooseCouplingTestingModule.forRoot({ clock: 'fake' })]);
    await fake.bus.publish(Placed, { id: '1' }, { delay: 5_000 });
    expect(fake.probe.all('consumed')).toEqual([]);
    await fake.app.get(FakeClock).advance(5_000);
    expect(await fake.probe.consumed(Placed)).toMatchObject({ data: { id: '1' } });
    await fake.app.close();
  });
});
