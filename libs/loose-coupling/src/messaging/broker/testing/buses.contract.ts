import { BrokerFixture, codeOf, type OpenBroker } from './broker-fixture.js';
import type { LocalBusEntry } from '../local-broker.js';

export function describeBuses(open: OpenBroker): void {
  let fixture: BrokerFixture;

  beforeEach(async () => {
    fixture = await BrokerFixture.open(open);
    for (const name of ['stock', 'mail', 'audit.fifo']) await fixture.queue(name);
    await fixture.broker.createBus('shop');
  });
  afterEach(() => fixture.broker.close());

  const put = (...entries: Partial<LocalBusEntry>[]) =>
    fixture.broker.putEvents(
      'shop',
      entries.map((entry) => ({ source: 'order', detailType: 'placed', detail: {}, ...entry })),
    );

  it('delivers an event to the targets of each rule that matches, as EventBridge writes it', async () => {
    const pattern = { source: ['order'], detail: { total: [{ numeric: ['>', 100] }] } };
    const targets = [{ queue: 'stock' }, { queue: 'audit.fifo', groupId: 'all' }];
    await fixture.broker.putRule('shop', { name: 'large', pattern, targets });
    const time = Date.UTC(2026, 1, 2, 3, 4, 5, 678);
    const [result] = await put({ detail: { total: 150 }, time }, { detail: { total: 50 } });
    const message = await fixture.receiveOne('stock');
    expect(JSON.parse(message.body)).toEqual({
      version: '0',
      id: result?.ok && result.value.eventId,
      'detail-type': 'placed',
      source: 'order',
      account: '000000000000',
      time: '2026-02-02T03:04:05Z',
      region: 'local',
      resources: [],
      detail: { total: 150 },
    });
    expect(await fixture.receive('audit.fifo')).toMatchObject([{ body: message.body, groupId: 'all' }]);
    expect(await fixture.take('stock')).toEqual([]);
  });

  it('matches events as they will be read: dates are text', async () => {
    const pattern = { detail: { at: [{ prefix: '2026-' }] } };
    await fixture.broker.putRule('shop', { name: 'r', pattern, targets: [{ queue: 'stock' }] });
    await put({ detail: { at: new Date(Date.UTC(2026, 5)) } });
    expect(await fixture.take('stock')).toHaveLength(1);
  });

  it('delivers once for each rule, and no longer once a rule is replaced or deleted', async () => {
    const pattern = { source: ['order'] };
    await fixture.broker.putRule('shop', { name: 'one', pattern, targets: [{ queue: 'stock' }] });
    await fixture.broker.putRule('shop', { name: 'two', pattern, targets: [{ queue: 'stock' }] });
    await put({});
    expect(await fixture.take('stock')).toHaveLength(2);
    await fixture.broker.putRule('shop', { name: 'one', pattern, targets: [{ queue: 'mail' }] });
    await fixture.broker.deleteRule('shop', 'two');
    await put({});
    expect([await fixture.take('stock'), await fixture.take('mail')]).toMatchObject([[], [expect.any(String)]]);
  });

  it('accepts events that no rule matches', async () => {
    expect((await put({})).map(codeOf)).toEqual(['ok']);
  });

  it('refuses what EventBridge would refuse, each entry on its own', async () => {
    await fixture.broker.putRule('shop', { name: 'r', pattern: { source: ['order'] }, targets: [{ queue: 'stock' }] });
    const results = await put(
      { source: 'aws.ec2' },
      { detailType: 'x'.repeat(129) },
      { detail: [] },
      { detail: { n: 1n } },
      { time: Number.NaN },
      {},
    );
    expect(results.map(codeOf)).toEqual([...Array(5).fill('LC_INVALID_OPTIONS'), 'ok']);
    expect(await fixture.take('stock')).toHaveLength(1);
  });

  it('refuses unknown buses and queues', async () => {
    const rule = { name: 'r', pattern: { source: ['order'] }, targets: [{ queue: 'nowhere' }] };
    const entry = { source: 'order', detailType: 'placed', detail: {} };
    expect((await fixture.broker.putEvents('other', [entry])).map(codeOf)).toEqual(['LC_UNKNOWN_EVENT_BUS']);
    await expect(fixture.broker.putRule('shop', rule)).rejects.toMatchObject({ code: 'LC_UNKNOWN_QUEUE' });
    await expect(fixture.broker.putRule('other', { ...rule, targets: [] })).rejects.toMatchObject({
      code: 'LC_UNKNOWN_EVENT_BUS',
    });
  });
}
