import { Gradient2 } from './gradient2.js';
import { SampleWindow } from './sample-window.js';

const SETTINGS = { minLimit: 1, maxLimit: 200, tolerance: 1.5, smoothing: 1 };

function sees(latency: number, active: number, failures = 0, successes = 10): SampleWindow {
  const window = new SampleWindow();
  for (let call = 0; call < successes; call++) window.add(true, latency, active, 0);
  for (let call = 0; call < failures; call++) window.add(false, 5000, active, 0);
  return window;
}

/** A limit that has learnt a latency of 100 ms, over `windows` windows, without being used. */
function accustomed(initial: number, settings = SETTINGS, windows = 10): Gradient2 {
  const gradient = new Gradient2(initial, settings);
  for (let window = 0; window < windows; window++) gradient.update(sees(100, 0));
  return gradient;
}

describe('Gradient2', () => {
  it('starts where it is told, within the bounds', () => {
    expect(new Gradient2(20, SETTINGS).limit).toBe(20);
    expect(new Gradient2(500, SETTINGS).limit).toBe(200);
    expect(new Gradient2(2, { ...SETTINGS, minLimit: 5 }).limit).toBe(5);
  });

  it('grows by a headroom of 4 while latencies are as usual', () => {
    const gradient = accustomed(20);
    gradient.update(sees(100, 20));
    expect(gradient.limit).toBe(24);
  });

  it('grows by the square root of a small limit', () => {
    const gradient = accustomed(9);
    gradient.update(sees(100, 9));
    expect(gradient.limit).toBe(12);
    const smallest = accustomed(1);
    smallest.update(sees(100, 1));
    expect(smallest.limit).toBe(2);
  });

  it('follows by the share that smoothing says', () => {
    const gradient = accustomed(20, { ...SETTINGS, smoothing: 0.25 });
    gradient.update(sees(100, 20));
    expect(gradient.limit).toBe(21);
    gradient.update(sees(100, 21));
    gradient.update(sees(100, 22));
    expect(gradient.limit).toBe(23);
  });

  it('keeps fractions, and shows whole calls', () => {
    const gradient = accustomed(20, { ...SETTINGS, smoothing: 0.2 });
    const limits = Array.from({ length: 5 }, () => {
      gradient.update(sees(100, 20));
      return gradient.limit;
    });
    expect(limits).toEqual([20, 21, 22, 23, 24]);
  });

  it('stays within its bounds', () => {
    const highest = accustomed(198);
    highest.update(sees(100, 198));
    expect(highest.limit).toBe(200);
    const lowest = accustomed(18, { ...SETTINGS, minLimit: 17 });
    lowest.update(sees(10_000, 18));
    expect(lowest.limit).toBe(17);
  });

  it('does not move when the limit was less than half used', () => {
    const gradient = accustomed(20);
    gradient.update(sees(100, 9));
    gradient.update(sees(10_000, 9));
    gradient.update(sees(100, 9, 10));
    expect(gradient.limit).toBe(20);
    gradient.update(sees(100, 10));
    expect(gradient.limit).toBeGreaterThan(20);
  });

  it('learns latencies also while it is not used', () => {
    const gradient = accustomed(20);
    // Usual: (10 · 100 + …) is known; unknown, this window would itself be the usual.
    gradient.update(sees(1000, 20));
    expect(gradient.limit).toBe(14);
  });

  it('tolerates answers up to `tolerance` times slower', () => {
    // The eleventh window weighs 2 / 6001, so usual becomes 100 + 50 · 2 / 6001 = 100.016…, of which 1.5 is 150.024….
    const tolerant = accustomed(40);
    tolerant.update(sees(150, 40));
    expect(tolerant.limit).toBe(44);
    const strict = accustomed(40, { ...SETTINGS, tolerance: 1 });
    strict.update(sees(150, 40));
    expect(strict.limit).toBe(30); // 40 · 100.016 / 150 + 4
  });

  it('shrinks by how much slower answers are', () => {
    const gradient = accustomed(100);
    gradient.update(sees(200, 100));
    // usual 100 + 100 · 2 / 6001; 100 · 1.5 · 100.033 / 200 + 4
    expect(gradient.limit).toBe(79);
  });

  it('shrinks by no more than half in one window', () => {
    const gradient = accustomed(100);
    gradient.update(sees(100_000, 100));
    expect(gradient.limit).toBe(54);
  });

  it('counts the first ten windows alike', () => {
    const gradient = new Gradient2(100, SETTINGS);
    for (const latency of [500, 50, 50, 50, 50, 50, 50, 50, 50]) gradient.update(sees(latency, 0));
    // Nine windows average 100, this one makes it 100 + (200 - 100) / 10 = 110; 100 · 1.5 · 110 / 200 + 4.
    const recovered = new Gradient2(100, SETTINGS);
    for (let window = 0; window < 9; window++) recovered.update(sees(100, 0));
    recovered.update(sees(200, 100));
    expect(recovered.limit).toBe(86);
  });

  it('remembers six thousand windows afterwards', () => {
    const gradient = accustomed(100);
    for (let window = 0; window < 3000; window++) gradient.update(sees(200, 0));
    // usual = 200 - 100 · (1 - 2 / 6001) ** 3001 = 163.2…; 100 · 163.2 / 200 + 4
    gradient.reconfigure({ ...SETTINGS, tolerance: 1 });
    gradient.update(sees(200, 100));
    expect(gradient.limit).toBe(85);
  });

  it('forgets an overload faster once latencies have halved', () => {
    const gradient = accustomed(100, { ...SETTINGS, tolerance: 1 });
    // usual 100 - 60 · 2 / 6001 = 99.98, more than twice 40, comes down to 89.982
    gradient.update(sees(40, 0));
    gradient.update(sees(100, 100));
    // usual 89.982 + 10.018 · 2 / 6001 = 89.985; 100 · 0.89985 + 4
    expect(gradient.limit).toBe(93);
    const steady = accustomed(100, { ...SETTINGS, tolerance: 1 });
    steady.update(sees(50, 0));
    steady.update(sees(100, 100));
    expect(steady.limit).toBe(103); // usual 99.98
  });

  it('shrinks by half the share of failures, and grows less', () => {
    const gradient = accustomed(100);
    gradient.update(sees(100, 100, 10, 30));
    expect(gradient.limit).toBe(90); // 100 · (1 - 0.25 / 2) + 4 · 0.75 = 90.5
  });

  it('halves when everything failed, and does not take that for a latency', () => {
    const gradient = accustomed(100);
    gradient.update(sees(0, 100, 10, 0));
    expect(gradient.limit).toBe(50);
    gradient.update(sees(200, 50));
    expect(gradient.limit).toBe(41); // 50 · 1.5 · 100.03 / 200 + 4: still accustomed to 100 ms
  });

  it('shrinks by no more than half when answers are slow and fail', () => {
    const gradient = accustomed(100);
    gradient.update(sees(100_000, 100, 10, 10));
    expect(gradient.limit).toBe(52); // 100 · 0.5 + 4 · 0.5
  });

  it('comes down to the lowest limit when everything fails', () => {
    const gradient = accustomed(200, { ...SETTINGS, smoothing: 0.2 });
    for (let window = 0; window < 60; window++) gradient.update(sees(0, 200, 10, 0));
    expect(gradient.limit).toBe(1);
  });

  it('is not put off by answers that take no time', () => {
    const gradient = new Gradient2(20, SETTINGS);
    for (let window = 0; window < 20; window++) gradient.update(sees(0, 100));
    expect(gradient.limit).toBe(100);
  });

  it('keeps its estimate when reconfigured, within the new bounds', () => {
    const gradient = accustomed(50);
    gradient.reconfigure(SETTINGS);
    expect(gradient.limit).toBe(50);
    gradient.reconfigure({ ...SETTINGS, maxLimit: 30 });
    expect(gradient.limit).toBe(30);
    gradient.reconfigure({ ...SETTINGS, minLimit: 40 });
    expect(gradient.limit).toBe(40);
  });
});
