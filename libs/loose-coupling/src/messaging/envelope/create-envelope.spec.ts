import { withCorrelation } from '../../kernel/index.js';
import { defineEvent } from '../contracts/define-event.js';
import { InvalidMessageDataError } from '../errors/invalid-message-data.error.js';
import { createEnvelope } from './create-envelope.js';

const NOW = Date.UTC(2026, 0, 1);
const OrderPlaced = defineEvent<{ orderId: string }>('shop.order.placed', {
  version: 2,
  key: (order) => order.orderId,
});
const plain = { type: 'a', data: 1, source: 'order', now: NOW };

describe('createEnvelope', () => {
  it('takes type, version and key from the contract', () => {
    const envelope = createEnvelope({ contract: OrderPlaced, data: { orderId: 'o-1' }, source: 'order', now: NOW });
    expect(envelope).toMatchObject({
      specversion: '1.0',
      source: 'order',
      type: 'shop.order.placed',
      dataversion: '2',
      time: '2026-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      partitionkey: 'o-1',
      data: { orderId: 'o-1' },
    });
    expect(envelope.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
  });

  it('starts a correlation under its own id when there is none', () => {
    const envelope = createEnvelope(plain);
    expect(envelope.correlationid).toBe(envelope.id);
    expect(envelope).not.toHaveProperty('causationid');
  });

  it('continues the correlation of the work in progress', () => {
    const correlation = {
      correlationId: 'c',
      causationId: 'm',
      tenantId: 't',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };
    expect(withCorrelation(correlation, () => createEnvelope(plain))).toMatchObject({
      correlationid: 'c',
      causationid: 'm',
      tenantid: 't',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    });
  });

  it('prefers what it is given', () => {
    const envelope = withCorrelation({ correlationId: 'current' }, () =>
      createEnvelope({
        contract: OrderPlaced,
        data: { orderId: 'o-1' },
        source: 'order',
        now: NOW,
        id: 'id-1',
        correlation: { correlationId: 'given' },
        partitionKey: 'p-1',
        expiry: NOW + 1000,
        replyTo: 'replies',
        subject: 'o-1',
      }),
    );
    expect(envelope).toMatchObject({
      id: 'id-1',
      correlationid: 'given',
      partitionkey: 'p-1',
      expirytime: '2026-01-01T00:00:01.000Z',
      replyto: 'replies',
      subject: 'o-1',
    });
  });

  it('holds no attribute without a value', () => {
    expect(Object.values(createEnvelope(plain))).not.toContain(undefined);
  });

  it.each([undefined, '', 5])('refuses %p as a key', (orderId) => {
    const data = { orderId } as { orderId: string };
    expect(() => createEnvelope({ contract: OrderPlaced, data, source: 'order', now: NOW })).toThrow(
      InvalidMessageDataError,
    );
  });
});
