import { closeAtOnce, closeInTurn } from './close-all.js';

const reasonOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each<[string, (parts: readonly (() => unknown)[]) => Promise<void>]>([
  ['one after another', closeInTurn],
  ['at once', (parts) => closeAtOnce(parts.map((close) => ({ close })))],
])('closing %s', (_, closeAll) => {
  it('closes every part, whichever fails, and however', async () => {
    const closed: string[] = [];
    const [first, second] = [new Error('first'), new Error('second')];
    const reason = await reasonOf(
      closeAll([
        () => {
          throw first;
        },
        () => void closed.push('a'),
        () => Promise.reject(second),
        async () => void closed.push('b'),
      ]),
    );
    expect(closed).toEqual(['a', 'b']);
    expect(reason).toBeInstanceOf(AggregateError);
    expect(reason).toMatchObject({ message: 'first', cause: first, errors: [first, second] });
  });

  it('tells of one failure as it is, and of none not at all', async () => {
    const only = new Error('only');
    expect(await reasonOf(closeAll([() => undefined, () => Promise.reject(only)]))).toBe(only);
    expect(await reasonOf(closeAll([() => undefined]))).toBe(undefined);
  });
});

describe('closing one after another', () => {
  it('waits for each before the next', async () => {
    const log: string[] = [];
    await closeInTurn([
      async () => {
        await new Promise(setImmediate);
        log.push('slow');
      },
      () => log.push('next'),
    ]);
    expect(log).toEqual(['slow', 'next']);
  });
});
