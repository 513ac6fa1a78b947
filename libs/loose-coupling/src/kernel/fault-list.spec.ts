import { InvalidOptionsError } from './errors/invalid-options.error.js';
import { FaultList } from './fault-list.js';

describe('a list of faults', () => {
  it('names classes, as lists of them are long, and shows no other content than texts and numbers', () => {
    class Orders {}
    const faults = new FaultList('forFeature');
    const came = [Orders, class {}, () => 'secret', { password: 'secret' }, ['secret'], 'text', 3, null, undefined];
    for (const value of came) faults.add('aggregates', 'others', value);

    expect(faults.faults.map((fault) => fault.replace('aggregates: expected others, got ', ''))).toEqual([
      'the class Orders',
      'a function',
      'a function',
      'an object',
      'an array',
      '"text"',
      '3',
      'null',
      'undefined',
    ]);
    expect(() => faults.throwIfAny()).toThrow(InvalidOptionsError);
  });
});
