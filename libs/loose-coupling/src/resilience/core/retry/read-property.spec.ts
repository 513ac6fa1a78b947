import { readProperty } from './read-property.js';

describe('readProperty', () => {
  it('reads own and inherited properties of objects', () => {
    expect(readProperty({ key: 1 }, 'key')).toBe(1);
    expect(readProperty(Object.create({ key: 2 }), 'key')).toBe(2);
    expect(readProperty({}, 'key')).toBeUndefined();
  });

  it.each([undefined, null, 'text', 5])('finds nothing in %p', (target) => {
    expect(readProperty(target, 'length')).toBeUndefined();
  });

  it('finds nothing where reading throws', () => {
    const hostile = {
      get key(): never {
        throw new Error('hostile');
      },
    };
    expect(readProperty(hostile, 'key')).toBeUndefined();
  });
});
