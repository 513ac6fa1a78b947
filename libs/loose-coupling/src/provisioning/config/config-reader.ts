type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes values out of untrusted JSON, and collects what is wrong with them. */
export class ConfigReader {
  readonly faults: string[] = [];

  constructor(
    private readonly root: unknown,
    private readonly lineOf: (path: Path) => number,
  ) {
    if (!isObject(root)) this.faults.push('line 1: expected an object');
  }

  fault(path: Path, says: string): void {
    this.faults.push(`line ${this.lineOf(path)}, ${textOf(path)}: ${says}`);
  }

  text(path: Path, fallback: string | undefined, pattern: RegExp, says: string): string {
    const value = this.at(path) ?? fallback;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.expected(path, says, value);
    return '';
  }

  optionalText(path: Path): string | undefined {
    const value = this.at(path);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.expected(path, 'a text', value);
    return undefined;
  }

  number(path: Path, fallback: number, least: number, most: number): number {
    return this.optionalNumber(path, least, most) ?? fallback;
  }

  optionalNumber(path: Path, least: number, most: number): number | undefined {
    const value = this.at(path);
    if (value === undefined) return undefined;
    // The document's script puts them into texts, so that files may have them as texts.
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= least && number <= most) return number;
    this.expected(path, `a whole number from ${least} to ${most}`, value);
    return undefined;
  }

  flag(path: Path, fallback: boolean): boolean {
    const value = this.at(path) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.expected(path, 'true or false', value);
    return fallback;
  }

  list<Item>(path: Path, read: (path: Path) => Item): Item[] {
    const value = this.at(path) ?? [];
    if (Array.isArray(value)) return value.map((_, index) => read([...path, index]));
    this.expected(path, 'a list', value);
    return [];
  }

  isObject(path: Path): boolean {
    return isObject(this.at(path));
  }

  optionalObject(path: Path): object | undefined {
    const value = this.at(path);
    if (value === undefined || isObject(value)) return value;
    this.expected(path, 'an object', value);
    return undefined;
  }

  objectOrJson(path: Path): object {
    let value = this.at(path);
    if (typeof value === 'string') {
      try {
        value = JSON.parse(value) as unknown;
      } catch {
        // Said below.
      }
    }
    if (isObject(value)) return value;
    this.expected(path, 'an object, or its JSON', value);
    return {};
  }

  texts(path: Path): Record<string, string> {
    const value = this.optionalObject(path) ?? {};
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') this.expected([...path, key], 'a text', text);
    }
    return value as Record<string, string>;
  }

  /** null counts as left out, as it does for the document's script. */
  private at(path: Path): unknown {
    let value: unknown = this.root;
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string | number, unknown>)[step];
    }
    return value ?? undefined;
  }

  private expected(path: Path, says: string, value: unknown): void {
    this.fault(
      path,
      `expected ${says}, got ${value === undefined ? 'nothing' : (JSON.stringify(value) ?? '').slice(0, 80)}`,
    );
  }
}

const textOf = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('');
