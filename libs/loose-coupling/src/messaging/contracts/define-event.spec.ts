import { IsInt, IsString } from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import { InvalidOptionsError } from '../../kernel/index.js';
import { defineEvent } from './define-event.js';
import type { EventOf, InputOf, MessageContract } from './message-contract.js';

class OrderData {
  @IsString()
  orderId!: string;

  @IsInt()
  total!: number;
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Fails to compile when the types differ. */
const typesEqual = <A, B>(equal: Equal<A, B>): void => expect(equal).toBe(true);

const faultsOf = (define: () => unknown): readonly string[] => {
  try {
    define();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.faults;
    throw error;
  }
  return [];
};

describe('defineEvent', () => {
  it('makes a frozen contract with defaults', () => {
    const contract = defineEvent('shop.order.placed');
    expect(contract).toEqual({ kind: 'event', name: 'shop.order.placed', version: 1, ordered: false, queue: '' });
    expect(Object.isFrozen(contract)).toBe(true);
  });

  it('infers the data from zod: output for handlers, input for publishers and the key', () => {
    const schema = z.object({ orderId: z.string(), at: z.string().transform((text) => new Date(text)) });
    const contract = defineEvent('shop.order.placed', { version: 2, schema, key: (order) => order.orderId + order.at });
    typesEqual<EventOf<typeof contract>, { orderId: string; at: Date }>(true);
    typesEqual<InputOf<typeof contract>, { orderId: string; at: string }>(true);
    expect(contract.key?.({ orderId: 'o-1', at: '!' })).toBe('o-1!');
  });

  it('infers the data from valibot, from a class, and from a type given by hand', () => {
    expect.assertions(4);
    const fromValibot = defineEvent('a', { schema: v.object({ total: v.number() }) });
    typesEqual<EventOf<typeof fromValibot>, { total: number }>(true);
    const fromClass = defineEvent('b', { schema: OrderData, key: (order) => order.orderId });
    typesEqual<EventOf<typeof fromClass>, OrderData>(true);
    const byHand = defineEvent<{ sku: string }>('c', { key: (data) => data.sku });
    typesEqual<EventOf<typeof byHand>, { sku: string }>(true);
    const unknownData = defineEvent('d');
    typesEqual<EventOf<typeof unknownData>, unknown>(true);
  });

  it('gives contracts that pass where any contract is taken', () => {
    const contracts: MessageContract[] = [
      defineEvent('a', { schema: z.object({ id: z.string() }), key: (data) => data.id }),
      defineEvent('b', { schema: OrderData }),
      defineEvent<{ sku: string }>('c', { key: (data) => data.sku }),
    ];
    expect(contracts.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('tells every fault at once', () => {
    const wrong = { version: 0, schema: {}, key: 'orderId', ordered: 1, topic: 'orders' } as object;
    const faults = faultsOf(() => defineEvent('order..placed', wrong));
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'topic',
      'name',
      'version',
      'schema',
      'key',
      'ordered',
    ]);
  });

  it.each(['', '.a', 'a.', 'a..b', 'order placed', 'order.*', '-a', 'a/b', 'ä', 'a'.repeat(129)])(
    'refuses the name "%s"',
    (name) => {
      expect(faultsOf(() => defineEvent(name))).toHaveLength(1);
    },
  );

  it.each(['a', 'OrderPlaced', 'shop.order-line.v2_placed', '7.up', 'a'.repeat(128)])('takes the name "%s"', (name) => {
    expect(defineEvent(name).name).toBe(name);
  });

  it('wants a key for ordered events', () => {
    expect(faultsOf(() => defineEvent('a', { ordered: true }))).toEqual([expect.stringContaining('needs `key`')]);
    expect(defineEvent<string>('a', { ordered: true, key: (text) => text }).ordered).toBe(true);
  });

  it('refuses an arrow function as a schema: it is neither a class nor a Standard Schema', () => {
    expect(faultsOf(() => defineEvent('a', { schema: (() => true) as never }))).toHaveLength(1);
  });
});
