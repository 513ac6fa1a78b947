import { InvalidEventPatternError } from '../errors/invalid-event-pattern.error.js';
import type { EventPattern } from './event-pattern.js';
import { compileFilterPolicy } from './filter-policy.js';

/** The sample message of the AWS documentation. */
const ATTRIBUTES = {
  customer_interests: '["soccer", "rugby", "hockey"]',
  store: 'example_corp',
  event: 'order_placed',
  price_usd: '210.75',
  empty: '',
  blob: 'AAEC',
};
const TYPES = { customer_interests: 'String.Array', price_usd: 'Number', blob: 'Binary' };
const BODY = {
  customer_interests: ['soccer', 'rugby', 'hockey'],
  store: 'example_corp',
  event: 'order_placed',
  price_usd: 210.75,
  empty: '',
  nothing: null,
};

const onAttributes = (policy: EventPattern, attributes: Record<string, string> = ATTRIBUTES): boolean =>
  compileFilterPolicy(policy, 'MessageAttributes')({ attributes, attributeTypes: TYPES });
const onBody = (policy: EventPattern, body: unknown = BODY): boolean =>
  compileFilterPolicy(policy, 'MessageBody')({ body });

describe('the documented examples', () => {
  it.each<[EventPattern, boolean]>([
    [{ store: ['example_corp'] }, true],
    [
      {
        store: ['example_corp'],
        event: [{ 'anything-but': 'order_cancelled' }],
        customer_interests: ['rugby', 'football'],
        price_usd: [{ numeric: ['>=', 100] }],
      },
      true,
    ],
    [{ store: ['example_corp'], event: ['order_cancelled'], encrypted: [false] }, false],
    [{ price_usd: [{ numeric: ['=', 210.75] }] }, true],
    [{ price_usd: [{ numeric: ['>', 0, '<=', 150] }] }, false],
    [{ price_usd: [{ 'anything-but': [100, 500] }] }, true],
    [{ customer_interests: [{ 'anything-but': ['rugby', 'tennis'] }] }, true],
    [{ customer_interests: [{ 'anything-but': ['soccer', 'rugby', 'hockey'] }] }, false],
    [{ store: [{ prefix: 'exa' }] }, true],
    [{ store: [{ 'anything-but': { prefix: 'exa' } }] }, false],
    [{ store: [{ suffix: 'corp' }] }, true],
    [{ store: [{ 'equals-ignore-case': 'Example_CORP' }] }, true],
    [{ store: [{ exists: true }] }, true],
    [{ missing: [{ exists: false }] }, true],
    [{ store: [{ exists: false }] }, false],
    [{ empty: [{ exists: true }] }, false],
    [{ $or: [{ store: ['other'] }, { price_usd: [{ numeric: ['>', 200] }] }] }, true],
    [{ $or: [{ store: ['other'] }, { event: ['other'] }] }, false],
  ])('%j, on attributes and on the body alike', (policy, expected) => {
    expect(onAttributes(policy)).toBe(expected);
    expect(onBody(policy)).toBe(expected);
  });

  it('matches addresses', () => {
    expect(onAttributes({ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' })).toBe(true);
    expect(onAttributes({ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.1.1.0' })).toBe(false);
  });
});

describe('attributes', () => {
  it('compares numbers only with attributes of type Number', () => {
    expect(onAttributes({ price_usd: [210.75] })).toBe(true);
    expect(onAttributes({ price_usd: ['210.75'] })).toBe(false);
    expect(compileFilterPolicy({ price_usd: [210.75] }, 'MessageAttributes')({ attributes: ATTRIBUTES })).toBe(false);
  });

  it('takes binary attributes, and those that break their type, as absent', () => {
    expect(onAttributes({ blob: [{ exists: true }] })).toBe(false);
    expect(onAttributes({ price_usd: [{ exists: true }] }, { price_usd: 'cheap' })).toBe(false);
    expect(onAttributes({ price_usd: [{ exists: true }] }, { price_usd: ' ' })).toBe(false);
    expect(onAttributes({ customer_interests: [{ exists: true }] }, { customer_interests: '[' })).toBe(false);
  });

  it('matches nothing when there are none, as SNS documents', () => {
    expect(onAttributes({ store: [{ exists: false }] }, {})).toBe(false);
    expect(onAttributes({ store: [{ exists: false }] }, { other: 'x' })).toBe(true);
  });
});

describe('bodies', () => {
  it('may be matched at depth', () => {
    expect(onBody({ data: { total: [{ numeric: ['>', 0] }] } }, { data: { total: 5 } })).toBe(true);
  });

  it('do not match when they are no objects', () => {
    expect(onBody({ a: [{ exists: false }] }, 'text')).toBe(false);
    expect(onBody({ a: [{ exists: false }] }, null)).toBe(false);
  });

  it('do not count null as existing', () => {
    expect(onBody({ nothing: [{ exists: true }] })).toBe(false);
    expect(onBody({ nothing: [null] })).toBe(true);
  });
});

describe('what SNS refuses', () => {
  const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `v${index}`);

  it.each<[string, EventPattern, string]>([
    ['wildcards', { a: [{ wildcard: 'x*' }] }, 'a[0].wildcard: is not an operator of SNS'],
    ['wildcards in anything-but', { a: [{ 'anything-but': { wildcard: 'x*' } }] }, 'is not an operator of SNS'],
    ['large numbers', { a: [{ numeric: ['>', 2e9] }] }, 'must be from -1000000000 to 1000000000'],
    ['exact numbers with many decimals', { a: [0.1234567] }, 'at most 5 decimals'],
    ['nested policies on attributes', { a: { b: ['x'] } }, 'a: must be a list, attributes have no fields inside'],
    ['nested policies in $or', { $or: [{ a: ['x'] }, { b: { c: ['x'] } }] }, '$or[1].b: must be a list'],
    ['six keys', { a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] }, 'names 6 keys, SNS takes at most 5'],
    ['151 combinations', { a: values(151) }, 'makes 151 combinations'],
  ])('%s', (_name, policy, fault) => {
    const compile = () => compileFilterPolicy(policy, 'MessageAttributes', 'filter policy of orders');
    expect(compile).toThrow(InvalidEventPatternError);
    expect(compile).toThrow(fault);
  });

  it('counts combinations as the documented example does', () => {
    const policy = { key_a: { key_b: { key_c: values(4) } }, key_d: { key_e: values(3) }, key_f: values(3) };
    expect(() => compileFilterPolicy(policy, 'MessageBody')).toThrow('makes 216 combinations');
    expect(() => compileFilterPolicy({ a: values(3), b: values(1), c: values(50) }, 'MessageBody')).not.toThrow();
  });
});
