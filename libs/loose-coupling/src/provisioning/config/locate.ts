const SPACE = /\s/;

/** Line, from 1, at which the value of a path stands in a JSON text that is known to be valid. */
export function lineOf(text: string, path: readonly (string | number)[]): number {
  return new Locator(text).find(path);
}

/** Reads no more than it needs: where values begin and end. */
class Locator {
  private at = 0;

  constructor(private readonly text: string) {}

  find(path: readonly (string | number)[]): number {
    for (const step of path) {
      this.space();
      const found = typeof step === 'number' ? this.enterItem(step) : this.enterKey(step);
      // Not there: the line of what should have it.
      if (!found) break;
    }
    this.space();
    return this.text.slice(0, this.at).split('\n').length;
  }

  private enterKey(key: string): boolean {
    const start = this.at;
    if (this.text[this.at] !== '{') return false;
    this.at++;
    for (this.space(); this.text[this.at] === '"'; this.space()) {
      const name: unknown = JSON.parse(this.skip());
      this.space();
      this.at++;
      this.space();
      if (name === key) return true;
      this.skip();
      this.space();
      if (this.text[this.at] === ',') this.at++;
    }
    this.at = start;
    return false;
  }

  private enterItem(index: number): boolean {
    const start = this.at;
    if (this.text[this.at] !== '[') return false;
    this.at++;
    for (let item = 0; ; item++) {
      this.space();
      if (this.text[this.at] === ']') break;
      if (item === index) return true;
      this.skip();
      this.space();
      if (this.text[this.at] === ',') this.at++;
    }
    this.at = start;
    return false;
  }

  /** Goes behind one value, and gives its text. */
  private skip(): string {
    const start = this.at;
    let depth = 0;
    do {
      const character = this.text[this.at];
      if (character === '"') this.skipText();
      else {
        if (character === '{' || character === '[') depth++;
        if (character === '}' || character === ']') depth--;
        this.at++;
      }
    } while (this.at < this.text.length && (depth > 0 || !this.ends(start)));
    return this.text.slice(start, this.at);
  }

  private ends(start: number): boolean {
    const first = this.text[start];
    return first === '{' || first === '[' || first === '"' || /[\s,\]}]/.test(this.text[this.at] ?? ',');
  }

  private skipText(): void {
    for (this.at++; this.at < this.text.length && this.text[this.at] !== '"'; this.at++) {
      if (this.text[this.at] === '\\') this.at++;
    }
    this.at++;
  }

  private space(): void {
    while (SPACE.test(this.text[this.at] ?? '')) this.at++;
  }
}
