import { TimeWindow } from './time-window.js';

const read = ({ calls, failures, slowCalls }: TimeWindow): number[] => [calls, failures, slowCalls];

function at(window: TimeWindow, now: number): number[] {
  window.advance(now);
  return read(window);
}

describe('a window of the last milliseconds', () => {
  it('counts calls, failures and slow calls; a call may be both', () => {
    const window = new TimeWindow(1000);
    window.record(false, false, 0);
    window.record(true, false, 10);
    window.record(false, true, 20);
    window.record(true, true, 930);
    expect(read(window)).toEqual([4, 2, 2]);
  });

  it('lets go of a bucket as a whole, between 9/10 of its size and its size after a call', () => {
    const window = new TimeWindow(1000);
    window.record(true, true, 0);
    window.record(true, false, 99);
    window.record(false, true, 100);
    expect(at(window, 999)).toEqual([3, 2, 2]);
    expect(at(window, 1000)).toEqual([1, 0, 1]);
    expect(at(window, 1099)).toEqual([1, 0, 1]);
    expect(at(window, 1100)).toEqual([0, 0, 0]);
  });

  it.each([1000, 1100, 1900, 2000, 2050, 5000, 3_600_000])('has forgotten everything at %i', (now) => {
    const window = new TimeWindow(1000);
    for (let time = 0; time < 100; time += 10) window.record(true, true, time);
    expect(read(window)).toEqual([10, 10, 10]);
    expect(at(window, now)).toEqual([0, 0, 0]);
    window.record(false, false, now);
    expect(read(window)).toEqual([1, 0, 0]);
  });

  it('lets go of several buckets at once, and of no other', () => {
    const window = new TimeWindow(1000);
    for (let time = 50; time < 1000; time += 100) window.record(time < 500, false, time);
    expect(read(window)).toEqual([10, 5, 0]);
    expect(at(window, 1350)).toEqual([6, 1, 0]);
    expect(at(window, 1899)).toEqual([1, 0, 0]);
    expect(at(window, 1900)).toEqual([0, 0, 0]);
  });

  it('drops what is too old before it counts', () => {
    const window = new TimeWindow(1000);
    window.record(true, true, 0);
    window.record(false, false, 1000);
    expect(read(window)).toEqual([1, 0, 0]);
  });

  it('takes time that runs backwards, or is none, for standing still', () => {
    const window = new TimeWindow(1000);
    window.record(true, false, 5000);
    window.record(true, false, 4000);
    window.record(true, false, Number.NaN);
    expect(read(window)).toEqual([3, 3, 0]);
    expect(at(window, 5999)).toEqual([3, 3, 0]);
    expect(at(window, 6000)).toEqual([0, 0, 0]);
  });

  it('has no buckets until there is something to count, and none when cleared', () => {
    const window = new TimeWindow(1000);
    window.advance(5000);
    expect(window).toMatchObject({ counts: undefined, newest: 50 });
    window.record(true, true, 5000);
    expect(window).toMatchObject({ counts: expect.any(Array) });
    window.clear();
    expect(window).toMatchObject({ counts: undefined });
    expect(read(window)).toEqual([0, 0, 0]);
    expect(at(window, 5500)).toEqual([0, 0, 0]);
  });

  it('takes its buckets along into a shorter window, by their age', () => {
    const window = new TimeWindow(1000);
    for (let time = 0; time < 1000; time += 100) window.record(time < 600, time === 900, time);
    const shorter = window.resizedTo(500, 950);
    // The new one begins with the bucket of 500 to 549; at 940 it would begin with that of 450 to 499.
    expect(read(window.resizedTo(500, 940))).toEqual([5, 1, 1]);
    expect(read(shorter)).toEqual([5, 1, 1]);
    expect(at(shorter, 999)).toEqual([5, 1, 1]);
    expect(at(shorter, 1000)).toEqual([4, 0, 1]);
    expect(at(shorter, 1400)).toEqual([0, 0, 0]);
  });

  it('takes everything along into a longer window', () => {
    const window = new TimeWindow(1000);
    window.record(true, true, 100);
    window.record(true, false, 900);
    const longer = window.resizedTo(5000, 950);
    expect(read(longer)).toEqual([2, 2, 1]);
    expect(at(longer, 4999)).toEqual([2, 2, 1]);
    expect(at(longer, 5000)).toEqual([1, 1, 0]);
    expect(at(longer, 5500)).toEqual([0, 0, 0]);
  });

  it('takes nothing along that had its time', () => {
    const window = new TimeWindow(1000);
    window.record(true, true, 100);
    expect(read(window.resizedTo(5000, 1100))).toEqual([0, 0, 0]);
    expect(window.resizedTo(5000, 1100)).toMatchObject({ newest: 2 });
  });
});
