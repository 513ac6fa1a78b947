import { ResourceNames } from './resource-names.js';

describe('ResourceNames', () => {
  const names = new ResourceNames('prod');

  it('puts the prefix before what a thing is called in the application', () => {
    expect(names.queue('orders')).toBe('prod-orders');
    expect(names.queue('orders.fifo')).toBe('prod-orders.fifo');
    expect(names.topic('shop.order.placed')).toBe('prod-shop-order-placed');
    expect(names.topic('shop.order.placed', true)).toBe('prod-shop-order-placed.fifo');
    expect(names.bus('shop')).toBe('prod-shop');
    expect(new ResourceNames(undefined).queue('orders')).toBe('orders');
  });

  it('leaves alone what is not its own to name', () => {
    expect(names.bus('default')).toBe('default');
    expect(names.bus('arn:aws:events:eu-west-1:1:event-bus/x')).toBe('arn:aws:events:eu-west-1:1:event-bus/x');
  });

  it('keeps long names apart that begin alike, within what AWS allows', () => {
    const long = 'a'.repeat(90);
    const [one, other] = [names.queue(`${long}1.fifo`), names.queue(`${long}2.fifo`)];
    expect(one).not.toBe(other);
    for (const name of [one, other]) expect(name).toMatch(/^prod-a+-[\da-f]{10}\.fifo$/);
    expect(one).toHaveLength(80);
    expect(names.rule(long, 'shop.order.placed')).toHaveLength(64);
  });

  it('knows its own queues among those of others', () => {
    expect(names.logicalQueue('prod-orders')).toBe('orders');
    expect(names.logicalQueue('stage-orders')).toBeUndefined();
  });
});
