import { randomUUID } from 'node:crypto';
import { defineCommand, type LooseCouplingOptions } from 'nestjs-loose-coupling';
import { closeApps, startApp } from '../messaging/start-app.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(40_000);
afterEach(closeApps);

const Import = defineCommand<{ id: string }>('shop.import');

describeOnAws('a queue without order', (aws) => {
  const options = (): LooseCouplingOptions => {
    const { endpoint, region, credentials } = aws();
    const transport = { type: 'aws', prefix: `t${randomUUID().slice(0, 8)}`, provision: 'create' } as const;
    return { service: 'app', transport, aws: { endpoint, region, credentials } };
  };

  it('is fair to tenants: the tenant is the message group of what belongs to one', async () => {
    const { bus, transport } = await startApp(options());
    await bus.send(Import, { id: '1' });
    await bus.send(Import, { id: '2' }, { tenantId: 't-1' });
    await bus.send(Import, { id: '3' }, { tenantId: 'not for a header' });
    const queue = transport.queue('shop-import');
    const groups = new Map<unknown, string | undefined>();
    while (groups.size < 3) {
      for (const { body, groupId } of await queue.receive({ max: 10, wait: 5_000 })) {
        groups.set((JSON.parse(body) as { data: { id: string } }).data.id, groupId);
      }
    }
    expect(Object.fromEntries(groups)).toEqual({
      1: undefined,
      2: 't-1',
      3: expect.stringMatching(/^[\da-f]{64}$/),
    });
  });
});
