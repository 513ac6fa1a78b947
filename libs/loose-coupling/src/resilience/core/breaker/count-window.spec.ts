import { CountWindow } from './count-window.js';

function record(window: CountWindow, outcomes: string): CountWindow {
  for (const outcome of outcomes) window.record('FX'.includes(outcome), 'LX'.includes(outcome));
  return window;
}

const read = ({ calls, failures, slowCalls }: CountWindow): number[] => [calls, failures, slowCalls];

describe('a window of the last calls', () => {
  it('counts calls, failures and slow calls; a call may be both', () => {
    expect(read(record(new CountWindow(10), 'SFLX'))).toEqual([4, 2, 2]);
  });

  it('lets go of the oldest call, failed, slow or neither', () => {
    const window = record(new CountWindow(3), 'XFS');
    expect(read(window)).toEqual([3, 2, 1]);
    expect(read(record(window, 'S'))).toEqual([3, 1, 0]);
    expect(read(record(window, 'S'))).toEqual([3, 0, 0]);
    expect(read(record(window, 'L'))).toEqual([3, 0, 1]);
  });

  it.each([31, 32, 33, 64, 65, 100])('keeps every one of %i calls apart', (size) => {
    const window = new CountWindow(size);
    for (let at = 0; at < size; at++) {
      record(window, 'F' + 'S'.repeat(size - 1));
      expect(read(window)).toEqual([size, 1, 0]);
      record(window, 'S');
      expect(read(window)).toEqual([size, 0, 0]);
    }
  });

  it('holds one call when its size is 1', () => {
    const window = record(new CountWindow(1), 'F');
    expect(read(window)).toEqual([1, 1, 0]);
    expect(read(record(window, 'F'))).toEqual([1, 1, 0]);
    expect(read(record(window, 'S'))).toEqual([1, 0, 0]);
  });

  it('has no bits until there is something to mark', () => {
    const window = record(new CountWindow(1_000_000), 'SSSS');
    expect(window).toMatchObject({ failed: undefined, slow: undefined });
    record(window, 'F');
    expect(window).toMatchObject({ failed: { count: 1, words: { length: 31_250 } }, slow: undefined });
    record(window, 'L');
    expect(window).toMatchObject({ failed: { count: 1 }, slow: { count: 1 } });
  });

  it('starts anew when cleared', () => {
    const window = record(new CountWindow(3), 'XXXX');
    window.clear();
    expect(read(window)).toEqual([0, 0, 0]);
    expect(window).toMatchObject({ failed: undefined, slow: undefined, next: 0 });
    expect(read(record(window, 'XSS'))).toEqual([3, 1, 1]);
    expect(read(record(window, 'S'))).toEqual([3, 0, 0]);
  });

  it('takes the newest calls along into a smaller window, oldest first', () => {
    const window = record(new CountWindow(4), 'SSXFLS').resizedTo(3);
    expect(read(window)).toEqual([3, 1, 1]);
    expect(read(record(window, 'S'))).toEqual([3, 0, 1]);
    expect(read(record(window, 'S'))).toEqual([3, 0, 0]);
  });

  it('takes all calls along into a larger window, and makes no more of them', () => {
    const window = record(new CountWindow(4), 'FFXFLS').resizedTo(6);
    expect(read(window)).toEqual([4, 2, 2]);
    expect(read(record(window, 'SS'))).toEqual([6, 2, 2]);
    expect(read(record(window, 'S'))).toEqual([6, 1, 1]);
    expect(read(record(new CountWindow(4), 'F').resizedTo(2))).toEqual([1, 1, 0]);
  });
});
