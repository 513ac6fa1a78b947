import { compilePattern } from './compile-pattern.js';
import type { EventPattern, PatternTest } from './event-pattern.js';

/** The sample event of the AWS documentation, somewhat extended. */
const EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'],
  detail: {
    'instance-id': 'i-1234567890abcdef0',
    state: 'running',
    'c-count': 5,
    'd-count': 3,
    'x-limit': 301.8,
    'source-ip': '10.0.0.33',
    'source-ip6': '2001:db8::17',
    eventVersion: '',
    responseElements: null,
    enabled: true,
  },
};

const matches = (pattern: EventPattern, event: unknown = EVENT): boolean => compilePattern(pattern)(event);
const leaf = (test: PatternTest, value: unknown): boolean => compilePattern({ f: [test] })({ f: value });

describe('the documented examples', () => {
  it.each<[string, EventPattern]>([
    ['exact values', { source: ['aws.ec2'], detail: { state: ['terminated', 'running'] } }],
    ['a list in the event', { resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'] }],
    ['prefix', { time: [{ prefix: '2017-12-22' }] }],
    ['prefix, ignoring case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.E' } }] }],
    ['suffix', { 'detail-type': [{ suffix: 'Notification' }] }],
    ['suffix, ignoring case', { source: [{ suffix: { 'equals-ignore-case': '.EC2' } }] }],
    ['equals-ignore-case', { 'detail-type': [{ 'equals-ignore-case': 'ec2 instance STATE-change notification' }] }],
    ['wildcard', { 'detail-type': [{ wildcard: 'EC2*State-*' }] }],
    ['anything-but', { detail: { state: [{ 'anything-but': 'initializing' }] } }],
    ['anything-but a list', { detail: { state: [{ 'anything-but': ['stopped', 'overloaded'] }] } }],
    ['anything-but numbers', { detail: { 'x-limit': [{ 'anything-but': [100, 200, 300] }] } }],
    ['anything-but a prefix', { detail: { state: [{ 'anything-but': { prefix: 'init' } }] } }],
    ['anything-but a suffix', { detail: { state: [{ 'anything-but': { suffix: ['ed', 'x'] } }] } }],
    ['anything-but, ignoring case', { detail: { state: [{ 'anything-but': { 'equals-ignore-case': 'STOPPED' } }] } }],
    ['anything-but a wildcard', { detail: { state: [{ 'anything-but': { wildcard: ['*/lib/*', 's*'] } }] } }],
    ['numeric range', { detail: { 'c-count': [{ numeric: ['>', 0, '<=', 5] }], 'd-count': [{ numeric: ['<', 10] }] } }],
    ['numeric equality', { detail: { 'x-limit': [{ numeric: ['=', 3.018e2] }] } }],
    ['exists', { detail: { 'c-count': [{ exists: true }] } }],
    ['exists: false', { detail: { missing: [{ exists: false }] } }],
    ['null', { detail: { responseElements: [null] } }],
    ['the empty text', { detail: { eventVersion: [''] } }],
    ['cidr of version 4', { detail: { 'source-ip': [{ cidr: '10.0.0.0/24' }] } }],
    ['cidr of version 6', { detail: { 'source-ip6': [{ cidr: '2001:db8::/32' }] } }],
    ['several tests of one field', { detail: { 'c-count': [{ numeric: ['>', 99] }, { exists: true }] } }],
    [
      '$or',
      {
        source: ['aws.ec2'],
        $or: [{ detail: { 'c-count': [{ numeric: ['>', 10] }] } }, { detail: { 'd-count': [{ numeric: ['<', 10] }] } }],
      },
    ],
    [
      '$or inside',
      { detail: { $or: [{ state: ['x'] }, { enabled: [true], $or: [{ a: ['b'] }, { 'c-count': [5] }] }] } },
    ],
  ])('matches: %s', (_name, pattern) => {
    expect(matches(pattern)).toBe(true);
  });

  it.each<[string, EventPattern]>([
    ['another value', { detail: { state: ['terminated'] } }],
    ['one of several fields', { source: ['aws.ec2'], region: ['eu-west-1'] }],
    ['case', { source: ['AWS.EC2'] }],
    ['prefix', { time: [{ prefix: '2018' }] }],
    ['suffix', { 'detail-type': [{ suffix: 'notification' }] }],
    ['wildcard', { source: [{ wildcard: '*ec3*' }] }],
    ['anything-but', { detail: { state: [{ 'anything-but': ['running'] }] } }],
    ['anything-but of a missing field', { detail: { missing: [{ 'anything-but': 'x' }] } }],
    ['anything-but a prefix', { detail: { state: [{ 'anything-but': { prefix: 'run' } }] } }],
    ['anything-but, ignoring case', { detail: { state: [{ 'anything-but': { 'equals-ignore-case': ['RUNNING'] } }] } }],
    ['anything-but a wildcard', { detail: { state: [{ 'anything-but': { wildcard: '*nn*' } }] } }],
    ['numeric', { detail: { 'c-count': [{ numeric: ['>', 0, '<', 5] }] } }],
    ['exists: false of a field there is', { detail: { state: [{ exists: false }] } }],
    ['exists of an object', { detail: [{ exists: true }] }],
    ['cidr', { detail: { 'source-ip': [{ cidr: '10.0.1.0/24' }] } }],
    ['cidr of the other version', { detail: { 'source-ip6': [{ cidr: '0.0.0.0/0' }] } }],
    ['$or', { $or: [{ source: ['x'] }, { region: ['y'] }] }],
    ['a field where the event has text', { source: { deeper: [{ exists: true }] } }],
  ])('does not match: %s', (_name, pattern) => {
    expect(matches(pattern)).toBe(false);
  });
});

describe('values', () => {
  it.each<[string, PatternTest, unknown, boolean]>([
    ['numbers compare as numbers', 300, 3e2, true],
    ['text is not a number', '300', 300, false],
    ['numeric wants a number', { numeric: ['=', 5] }, '5', false],
    ['text operators want text', { prefix: '' }, 5, false],
    ['anything-but text lets other types through', { 'anything-but': '5' }, 5, true],
    ['anything-but a prefix lets other types through', { 'anything-but': { prefix: '5' } }, null, true],
    ['a list matches when any element does', 'b', ['a', 'b'], true],
    ['anything-but holds for any element', { 'anything-but': 'a' }, ['a', 'b'], true],
    ['lists in lists count as one', 'b', [['a'], ['b']], true],
    ['the empty list is nothing', { exists: true }, [], false],
    ['null is something', { exists: true }, null, true],
    ['an object is no leaf', { exists: false }, { deeper: 1 }, true],
    ['a list of objects is no leaf', { exists: false }, [{ deeper: 1 }], true],
    ['text that only looks like an address', { cidr: '10.0.0.0/8' }, '10.0.0.0.1', false],
    ['an address with a zone', { cidr: 'fe80::/10' }, 'fe80::1%eth0', false],
    ['suffix longer than the text', { suffix: { 'equals-ignore-case': 'abc' } }, 'bc', false],
  ])('%s', (_name, test, value, expected) => {
    expect(leaf(test, value)).toBe(expected);
  });

  it('reads own properties only', () => {
    expect(matches({ constructor: { name: [{ exists: true }] } }, {})).toBe(false);
    expect(matches({ toString: [{ exists: false }] }, {})).toBe(true);
  });
});

describe('lists of objects', () => {
  const event = { lines: [{ sku: 'A', quantity: 1 }, { sku: 'B', quantity: 9 }, { gift: true }] };

  it('wants one element to match all fields', () => {
    expect(matches({ lines: { sku: ['B'], quantity: [9] } }, event)).toBe(true);
    expect(matches({ lines: { sku: ['A'], quantity: [9] } }, event)).toBe(false);
  });

  it('wants the same element for the alternatives of $or', () => {
    expect(matches({ lines: { sku: ['A'], $or: [{ quantity: [9] }, { gift: [true] }] } }, event)).toBe(false);
    expect(matches({ lines: { sku: ['A'], $or: [{ quantity: [1] }, { gift: [true] }] } }, event)).toBe(true);
  });

  it('takes a field as missing only when no element has it', () => {
    expect(matches({ lines: { sku: [{ exists: false }] } }, event)).toBe(false);
    expect(matches({ lines: { colour: [{ exists: false }] } }, event)).toBe(true);
    expect(matches({ lines: { sku: [{ exists: false }, 'B'] } }, event)).toBe(true);
    expect(matches({ lines: { sku: [{ exists: false }, 'C'] } }, event)).toBe(false);
    expect(matches({ lines: { sku: [{ exists: false }] } }, { lines: [] })).toBe(true);
  });

  it('asks for absence within the element that another field chose', () => {
    expect(matches({ lines: { gift: [true], sku: [{ exists: false }] } }, event)).toBe(true);
  });
});

describe('wildcards', () => {
  it.each<[string, string, boolean]>([
    ['*', '', true],
    ['a*', 'a', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*ab*ab', 'ab', false],
    ['*ab*ab', 'xabyab', true],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'acb', false],
    ['plain', 'plain', true],
    ['plain', 'plainer', false],
    [String.raw`5\*`, '5*', true],
    [String.raw`5\*`, '55', false],
    [String.raw`C:\\*`, String.raw`C:\dir`, true],
    ['e*', 'école', false],
  ])('%s on %s', (wildcard, text, expected) => {
    expect(leaf({ wildcard }, text)).toBe(expected);
  });

  it('takes time in proportion to the text, where backtracking would take hours', () => {
    const test = compilePattern({ f: [{ wildcard: `${'a*'.repeat(40)}b` }] });
    expect(test({ f: 'a'.repeat(20_000) })).toBe(false);
  });
});
