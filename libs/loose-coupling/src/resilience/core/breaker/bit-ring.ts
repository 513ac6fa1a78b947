/** A fixed number of bits, and how many of them are set. */
export class BitRing {
  count = 0;
  private readonly words: Int32Array;

  constructor(size: number) {
    this.words = new Int32Array(Math.ceil(size / 32));
  }

  get(at: number): boolean {
    return (this.wordAt(at) & (1 << (at & 31))) !== 0;
  }

  set(at: number, on: boolean): void {
    if (this.get(at) === on) return;
    this.words[at >> 5] = this.wordAt(at) ^ (1 << (at & 31));
    this.count += on ? 1 : -1;
  }

  private wordAt(at: number): number {
    return this.words[at >> 5] ?? 0;
  }
}
