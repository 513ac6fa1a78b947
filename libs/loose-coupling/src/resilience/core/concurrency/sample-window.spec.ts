import { SampleWindow } from './sample-window.js';

function windowOf(samples: readonly (readonly [succeeded: boolean, latency: number, active: number])[]): SampleWindow {
  const window = new SampleWindow();
  for (const [succeeded, latency, active] of samples) window.add(succeeded, latency, active, 0);
  return window;
}

describe('SampleWindow', () => {
  it('averages the latencies of what succeeded, and counts what failed', () => {
    const window = windowOf([
      [true, 10, 3],
      [false, 9999, 7],
      [true, 20, 5],
      [true, 60, 1],
    ]);
    expect(window.averageLatency).toBe(30);
    expect(window.failureShare).toBe(0.25);
    expect([window.successes, window.failures, window.mostActive]).toEqual([3, 1, 7]);
  });

  it('is complete after ten samples and 100 milliseconds, whichever is later', () => {
    const window = new SampleWindow();
    for (let sample = 0; sample < 9; sample++) window.add(sample % 2 === 0, 1, 1, 1000 + sample);
    expect(window.isComplete(5000)).toBe(false);
    window.add(true, 1, 1, 1050);
    expect(window.isComplete(1099.9)).toBe(false);
    expect(window.isComplete(1100)).toBe(true);
  });

  it('begins with its first sample, of either kind', () => {
    for (const succeeded of [true, false]) {
      const window = new SampleWindow();
      for (const now of [500, ...Array.from({ length: 9 }, () => 590)]) window.add(succeeded, 1, 1, now);
      expect([window.isComplete(599), window.isComplete(600)]).toEqual([false, true]);
    }
  });

  it('starts anew when cleared', () => {
    const window = windowOf([
      [true, 50, 9],
      [false, 50, 9],
    ]);
    window.clear();
    expect([window.successes, window.failures, window.mostActive]).toEqual([0, 0, 0]);
    window.add(true, 8, 2, 700);
    expect([window.averageLatency, window.failureShare, window.mostActive]).toEqual([8, 0, 2]);
    for (let sample = 0; sample < 9; sample++) window.add(true, 1, 1, 700);
    expect([window.isComplete(799), window.isComplete(800)]).toEqual([false, true]);
  });
});
