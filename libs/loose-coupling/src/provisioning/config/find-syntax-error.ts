const SPACE = /[ \t\n\r]*/y;
const SIMPLE =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const TEXT = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Where a text stops being JSON, as an index; what the engine says differs between versions, and often has no place. */
export function findSyntaxError(text: string): number {
  const scanner = new Scanner(text);
  scanner.value();
  return scanner.at;
}

/** Each method goes on as far as the text is right, and says whether it came to the end of what it reads. */
class Scanner {
  at = 0;

  constructor(private readonly text: string) {}

  value(): boolean {
    this.match(SPACE);
    const read =
      this.text[this.at] === '{'
        ? this.list('}', () => this.entry())
        : this.text[this.at] === '['
          ? this.list(']', () => this.value())
          : this.match(SIMPLE);
    return read && this.match(SPACE);
  }

  private entry(): boolean {
    return this.match(SPACE) && this.match(TEXT) && this.match(SPACE) && this.skip(':') && this.value();
  }

  private list(end: string, item: () => boolean): boolean {
    this.at += 1;
    this.match(SPACE);
    if (this.skip(end)) return true;
    do {
      if (!item()) return false;
      this.match(SPACE);
    } while (this.skip(','));
    return this.skip(end);
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}
