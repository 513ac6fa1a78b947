import { UnserializableDataError } from '../errors/unserializable-data.error.js';
import { createEnvelope } from './create-envelope.js';
import { decodeMessage } from './decode-envelope.js';
import { encodeEnvelope } from './encode-envelope.js';

const NOW = Date.UTC(2026, 0, 1);
const encode = (data: unknown): string => encodeEnvelope(createEnvelope({ type: 'a.b', data, source: 's', now: NOW }));

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('encodeEnvelope', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a BigInt', 1n],
    ['a BigInt inside', { total: 1n }],
    ['a cycle', cyclic],
    ['NaN', NaN],
    ['Infinity', -Infinity],
    ['an object that hides itself', { toJSON: () => undefined }],
  ])('refuses %s', (_name, data) => {
    expect(() => encode(data)).toThrow(UnserializableDataError);
  });

  it('keeps the reason as the cause', () => {
    expect(() => encode(cyclic)).toThrow(expect.objectContaining({ cause: expect.any(TypeError) }));
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['0', 0],
    ['the empty text', ''],
    ['text with a lone surrogate', '\ud800'],
    ['the deepest data', nested(63)],
  ])('carries %s', (_name, data) => {
    expect(decodeMessage(encode(data)).envelope.data).toEqual(data);
  });

  it('refuses data that receivers would refuse for its depth', () => {
    expect(() => encode(nested(64))).toThrow('nested deeper than 63 levels');
  });
});
