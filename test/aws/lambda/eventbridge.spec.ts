import { Injectable } from '@nestjs/common';
import { DeadLetter, defineEvent, OnEvent } from 'nestjs-loose-coupling';
import { createEventBridgeLambdaHandler } from 'nestjs-loose-coupling/aws';
import { closeApps, startApp, type RunningApp } from '../../messaging/start-app.js';
import { RECORDED_EVENTBRIDGE_EVENT } from './recorded-events.js';

const Placed = defineEvent<{ orderId: string }>('shop.order.placed');
const Stopped = defineEvent<{ 'instance-id': string }>('EC2-State-change');

const seen: string[] = [];
let failing = false;

@Injectable()
class Handlers {
  @OnEvent(Placed, { queue: 'stock' })
  stock({ orderId }: { orderId: string }) {
    seen.push(`stock ${orderId}`);
  }
  @OnEvent(Placed, { queue: 'mail' })
  mail({ orderId }: { orderId: string }) {
    seen.push(`mail ${orderId}`);
    if (failing) throw new Error('The mail server is away');
    if (orderId === 'unknown') throw new DeadLetter('no such order');
  }
  @OnEvent(Placed, { queue: 'large', filter: { orderId: [{ prefix: 'L' }] } })
  large({ orderId }: { orderId: string }) {
    seen.push(`large ${orderId}`);
  }
  @OnEvent(Stopped)
  stopped(data: { 'instance-id': string }) {
    seen.push(`stopped ${data['instance-id']}`);
  }
}

describe('createEventBridgeLambdaHandler', () => {
  let app: RunningApp;
  beforeEach(async () => {
    seen.length = 0;
    failing = false;
    app = await startApp({ providers: [Handlers], consumer: { enabled: false } });
  });
  afterEach(closeApps);

  const eventWith = (orderId: string, id = orderId) => ({
    ...RECORDED_EVENTBRIDGE_EVENT,
    detail: { ...RECORDED_EVENTBRIDGE_EVENT.detail, id, data: { orderId } },
  });

  it('runs every handler of a recorded event that wants it', async () => {
    const handler = createEventBridgeLambdaHandler(app.app);
    await handler(RECORDED_EVENTBRIDGE_EVENT);
    expect(seen.toSorted()).toEqual(['mail 1', 'stock 1']);
    await handler(eventWith('L1'));
    expect(seen).toContain('large L1');
  });

  it('reads events of other systems', async () => {
    const handler = createEventBridgeLambdaHandler(app.app);
    await handler({
      ...RECORDED_EVENTBRIDGE_EVENT,
      'detail-type': 'EC2-State-change',
      source: 'aws.ec2',
      detail: { 'instance-id': 'i-1', state: 'stopped' },
    });
    expect(seen).toEqual(['stopped i-1']);
  });

  it('rejects when a handler fails, and repeats that handler alone', async () => {
    const handler = createEventBridgeLambdaHandler(app.app);
    failing = true;
    await expect(handler(RECORDED_EVENTBRIDGE_EVENT)).rejects.toThrow('The mail server is away');
    expect(seen.toSorted()).toEqual(['mail 1', 'stock 1']);
    failing = false;
    await handler(RECORDED_EVENTBRIDGE_EVENT);
    expect(seen.toSorted()).toEqual(['mail 1', 'mail 1', 'stock 1']);
  });

  it('copies what cannot succeed to the dead-letter queue', async () => {
    await createEventBridgeLambdaHandler(app.app)(eventWith('unknown'));
    const [letter] = await app.deadLetters.peek('mail', { limit: 1 });
    expect(letter).toMatchObject({ details: { message: 'no such order' }, envelope: { data: { orderId: 'unknown' } } });
  });

  it('runs the handlers of one queue alone when told so', async () => {
    await createEventBridgeLambdaHandler(app.app, { queue: 'stock' })(RECORDED_EVENTBRIDGE_EVENT);
    expect(seen).toEqual(['stock 1']);
  });

  it('rejects an event that nobody handles', async () => {
    const event = { ...RECORDED_EVENTBRIDGE_EVENT, 'detail-type': 'other', detail: {} };
    await expect(createEventBridgeLambdaHandler(app.app)(event)).rejects.toMatchObject({ code: 'LC_NO_HANDLER' });
  });
});
