import { z } from 'zod';
import { InvalidOptionsError } from '../../kernel/index.js';
import { defineCommand } from './define-command.js';
import type { CommandOf, ReplyOf } from './message-contract.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const typesEqual = <A, B>(equal: Equal<A, B>): void => expect(equal).toBe(true);

describe('defineCommand', () => {
  it('names the queue after the command', () => {
    expect(defineCommand('inventory.stock.reserve').queue).toBe('inventory-stock-reserve');
    expect(defineCommand<string>('a.b', { ordered: true, key: (data) => data }).queue).toBe('a-b.fifo');
    expect(defineCommand('a.b', { queue: 'work' }).queue).toBe('work');
  });

  it('infers the data and the reply', () => {
    const contract = defineCommand('a', {
      schema: z.object({ sku: z.string() }),
      reply: z.object({ reserved: z.boolean() }),
      key: (data) => data.sku,
    });
    typesEqual<CommandOf<typeof contract>, { sku: string }>(true);
    typesEqual<ReplyOf<typeof contract>, { reserved: boolean }>(true);
    const byHand = defineCommand<{ sku: string }, number>('b');
    typesEqual<ReplyOf<typeof byHand>, number>(true);
    expect(Object.isFrozen(contract)).toBe(true);
  });

  it.each<[string, object, string]>([
    ['a queue name that SQS refuses', { queue: 'my queue' }, 'queue: expected letters'],
    ['a queue name with a dot', { queue: 'a.b' }, 'queue: expected letters'],
    ['no room for the dead-letter queue', { queue: 'q'.repeat(77) }, 'at most 76 characters'],
    ['a FIFO queue for an unordered command', { queue: 'a.fifo' }, 'no ".fifo" without `ordered`'],
    ['a standard queue for an ordered command', { queue: 'a', ordered: true, key: String }, 'ending in ".fifo"'],
    ['a reply that is no schema', { reply: {} }, 'reply: expected a Standard Schema'],
    ['an unknown option', { retries: 3 }, 'retries: unknown option'],
  ])('refuses %s', (_name, options, fault) => {
    expect(() => defineCommand('a', options)).toThrow(InvalidOptionsError);
    expect(() => defineCommand('a', options)).toThrow(fault);
  });

  it('refuses a derived queue name that is too long, and takes a given one instead', () => {
    const name = 'n'.repeat(100);
    expect(() => defineCommand(name)).toThrow('at most 76 characters');
    expect(defineCommand(name, { queue: 'q'.repeat(76) }).queue).toHaveLength(76);
  });

  it('does not blame the queue for a bad name', () => {
    expect(() => defineCommand('a b')).toThrow(/1 fault/);
  });
});
