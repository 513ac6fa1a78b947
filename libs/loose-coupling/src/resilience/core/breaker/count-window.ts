import { BitRing } from './bit-ring.js';
import type { CallWindow } from './call-window.js';

/**
 * The last `size` calls, one bit each. The bits are made at the first failure (and the first slow call): a healthy circuit,
 * and one that is never called, has none.
 */
export class CountWindow implements CallWindow {
  calls = 0;
  failures = 0;
  slowCalls = 0;
  private next = 0;
  // Set, so that all windows have one shape, whatever they have seen.
  private failed: BitRing | undefined = undefined;
  private slow: BitRing | undefined = undefined;

  constructor(private readonly size: number) {}

  record(failed: boolean, slow: boolean): void {
    const at = this.next;
    this.next = at + 1 === this.size ? 0 : at + 1;
    if (this.calls < this.size) this.calls++;
    // Without a set bit there is none to clear.
    if (failed || this.failures > 0) this.markFailed(at, failed);
    if (slow || this.slowCalls > 0) this.markSlow(at, slow);
  }

  advance(): void {
    // Calls leave this window when others come, not with time.
  }

  clear(): void {
    this.calls = 0;
    this.failures = 0;
    this.slowCalls = 0;
    this.next = 0;
    this.failed = undefined;
    this.slow = undefined;
  }

  resizedTo(size: number): CountWindow {
    const resized = new CountWindow(size);
    for (let age = Math.min(this.calls, size); age > 0; age--) {
      const at = (this.next - age + this.size) % this.size;
      resized.record(this.failed?.get(at) ?? false, this.slow?.get(at) ?? false);
    }
    return resized;
  }

  private markFailed(at: number, failed: boolean): void {
    this.failed ??= new BitRing(this.size);
    this.failed.set(at, failed);
    this.failures = this.failed.count;
  }

  private markSlow(at: number, slow: boolean): void {
    this.slow ??= new BitRing(this.size);
    this.slow.set(at, slow);
    this.slowCalls = this.slow.count;
  }
}
