import * as fc from 'fast-check';
import { childTraceparent, fromXRayHeader, isTraceparent, isTracestate, toXRayHeader } from './trace-context.js';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((text) => !/^0+$/.test(text));
const traceparent = fc
  .tuple(hex(32), hex(16), fc.constantFrom('00', '01'))
  .map(([trace, span, flags]) => `00-${trace}-${span}-${flags}`);

describe('a trace context', () => {
  it('is the same after it went as a header of X-Ray', () => {
    fc.assert(
      fc.property(traceparent, (given) => {
        expect(fromXRayHeader(toXRayHeader(given))).toBe(given);
      }),
      { seed: 42 },
    );
  });

  it('gives its child the same trace and flags, and another span', () => {
    fc.assert(
      fc.property(traceparent, (given) => {
        const child = childTraceparent(given) ?? '';
        expect(isTraceparent(child)).toBe(true);
        expect(child.slice(0, 36)).toBe(given.slice(0, 36));
        expect(child.slice(-3)).toBe(given.slice(-3));
        expect(child).not.toBe(given);
      }),
      { seed: 42 },
    );
  });

  it('is not made of any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(childTraceparent(text)).toBeUndefined();
        expect(toXRayHeader(text)).toBeUndefined();
        expect(fromXRayHeader(text)).toBeUndefined();
      }),
      { seed: 42 },
    );
  });

  it.each([
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
    '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more',
    `01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-${'x'.repeat(300)}`,
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ])('is not %s', (text) => {
    expect(isTraceparent(text)).toBe(false);
  });

  it.each([
    '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like',
  ])('of a later version goes on as the version we know: %s', (text) => {
    expect(childTraceparent(text)).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  });

  it('takes along what vendors add, unless a header cannot hold it', () => {
    expect(isTracestate('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE')).toBe(true);
    expect(isTracestate('a=b\r\nx: y')).toBe(false);
    expect(isTracestate(`a=${'b'.repeat(600)}`)).toBe(false);
  });

  it('is read whatever the order of the fields of X-Ray', () => {
    const header = 'Sampled=1;Self=1-x;Parent=53995c3f42cd8ad8; Root=1-5759e988-bd862e3fe1be46a994272793';
    expect(fromXRayHeader(header)).toBe('00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01');
    expect(fromXRayHeader('Root=1-5759e988-bd862e3fe1be46a994272793')).toBeUndefined();
  });
});
