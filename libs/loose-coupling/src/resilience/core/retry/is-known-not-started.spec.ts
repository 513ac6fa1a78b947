import { OperationTimeoutError } from '../../errors/operation-timeout.error.js';
import { isKnownNotStarted } from './is-known-not-started.js';

const coded = (code: string, options?: ErrorOptions) => Object.assign(new Error(code, options), { code });
const refused = () => coded('ECONNREFUSED');

/** An error at the end of so many causes. */
function behind(depth: number, error: unknown): unknown {
  return depth === 0 ? error : new Error('outer', { cause: behind(depth - 1, error) });
}

describe('isKnownNotStarted', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
    'knows that nothing was sent after %s',
    (code) => {
      expect(isKnownNotStarted(coded(code))).toBe(true);
    },
  );

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET', 'ABORT_ERR', ''])(
    'does not know it after %p',
    (code) => {
      expect(isKnownNotStarted(coded(code))).toBe(false);
    },
  );

  it('believes an error that says so', () => {
    expect(isKnownNotStarted({ notStarted: true })).toBe(true);
    expect(isKnownNotStarted({ notStarted: 'yes' })).toBe(false);
    expect(isKnownNotStarted({ notStarted: false })).toBe(false);
  });

  it('does not take what an error of ours says of a call further in for the work that made it', () => {
    const waited = new OperationTimeoutError('inner', 50, 'attempt', true);
    expect(isKnownNotStarted(waited)).toBe(false);
    expect(isKnownNotStarted(new Error('outer', { cause: waited }))).toBe(false);
  });

  it('looks through causes, such as those of fetch', () => {
    expect(isKnownNotStarted(new TypeError('fetch failed', { cause: refused() }))).toBe(true);
    expect(isKnownNotStarted(behind(5, { notStarted: true }))).toBe(true);
    expect(isKnownNotStarted(behind(5, coded('ECONNRESET')))).toBe(false);
    expect(isKnownNotStarted(coded('ERR_OUTER', { cause: refused() }))).toBe(true);
  });

  it('looks so deep and no deeper', () => {
    expect(isKnownNotStarted(behind(31, refused()))).toBe(true);
    expect(isKnownNotStarted(behind(32, refused()))).toBe(false);
  });

  it.each(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET'])(
    'takes %s for nothing sent only while connecting',
    (code) => {
      expect(isKnownNotStarted(Object.assign(coded(code), { syscall: 'connect' }))).toBe(true);
      expect(isKnownNotStarted(Object.assign(coded(code), { syscall: 'read' }))).toBe(false);
      expect(isKnownNotStarted(coded(code))).toBe(false);
    },
  );

  it('wants every part of an AggregateError to say so', () => {
    expect(isKnownNotStarted(new AggregateError([refused(), coded('ENOTFOUND')]))).toBe(true);
    expect(isKnownNotStarted(new AggregateError([refused(), coded('ECONNRESET')]))).toBe(false);
    expect(isKnownNotStarted(new AggregateError([coded('ECONNRESET'), refused()]))).toBe(false);
    expect(isKnownNotStarted(new AggregateError([refused(), new Error('x', { cause: refused() })]))).toBe(true);
    expect(isKnownNotStarted(new AggregateError([refused(), 'text']))).toBe(false);
    const withHole: unknown[] = [];
    withHole[1] = refused();
    expect(isKnownNotStarted({ errors: withHole })).toBe(false);
  });

  it('takes a failed part seriously, whatever the cause says', () => {
    expect(isKnownNotStarted(new AggregateError([coded('ECONNRESET')], 'all', { cause: refused() }))).toBe(false);
  });

  it('looks at the cause of an error without parts', () => {
    expect(isKnownNotStarted(new AggregateError([], 'none', { cause: refused() }))).toBe(true);
    expect(isKnownNotStarted(new AggregateError([]))).toBe(false);
    expect(isKnownNotStarted({ errors: 'none', cause: refused() })).toBe(true);
  });

  it.each([undefined, null, 'ECONNREFUSED', 5, true])('does not know of %p', (error) => {
    expect(isKnownNotStarted(error)).toBe(false);
  });

  it('comes to an end in circles and in crowds', () => {
    const circle: Error & { cause?: unknown } = new Error('circle');
    circle.cause = circle;
    expect(isKnownNotStarted(circle)).toBe(false);

    let visits = 0;
    const crowd: { readonly code: string; errors?: unknown[] } = {
      get code() {
        visits += 1;
        return 'NONE';
      },
    };
    crowd.errors = Array.from({ length: 1000 }, () => crowd);
    expect(isKnownNotStarted(crowd)).toBe(false);
    expect(visits).toBe(32);

    const many = new AggregateError(Array.from({ length: 31 }, refused));
    const tooMany = new AggregateError(Array.from({ length: 32 }, refused));
    expect([isKnownNotStarted(many), isKnownNotStarted(tooMany)]).toEqual([true, false]);
    expect(isKnownNotStarted(new AggregateError(Array.from({ length: 100_000 }, refused)))).toBe(false);
  });

  it('survives errors that throw when they are looked at', () => {
    const bomb = () => {
      throw new Error('hostile');
    };
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const hostile: unknown[] = [
      new Proxy({}, { get: bomb, has: bomb }),
      { errors: proxy },
      { errors: new Proxy([1, 2], { get: bomb }) },
      { cause: proxy },
    ];
    for (const error of hostile) expect(isKnownNotStarted(error)).toBe(false);
  });

  describe('what peers get wrong', () => {
    it('does not take an answer that was lost for work that was not done', () => {
      const lost = new TypeError('fetch failed', { cause: coded('UND_ERR_SOCKET', { cause: coded('ECONNRESET') }) });
      expect(isKnownNotStarted(lost)).toBe(false);
    });
  });
});
