import { InvalidOptionsError } from './errors/invalid-options.error.js';

/** Collects every fault of a configuration, so that a user mends them all in one go. */
export class FaultList {
  readonly faults: string[] = [];

  constructor(private readonly subject: string) {}

  add(path: string, expected: string, came: unknown): void {
    this.faults.push(`${path}: expected ${expected}, got ${describe(came)}`);
  }

  /** A free sentence, for faults that are not about one value. */
  say(fault: string): void {
    this.faults.push(fault);
  }

  positiveInteger(path: string, value: unknown): void {
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) > 0)) {
      this.add(path, 'a whole number above 0', value);
    }
  }

  duration(path: string, value: unknown): void {
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value >= 0)) {
      this.add(path, 'milliseconds, 0 or more', value);
    }
  }

  oneOf(path: string, value: unknown, choices: readonly unknown[]): void {
    if (value !== undefined && !choices.includes(value))
      this.add(path, `one of ${choices.map(describe).join(', ')}`, value);
  }

  boolean(path: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'boolean') this.add(path, 'true or false', value);
  }

  unknownKeys(path: string, value: object, known: readonly string[]): void {
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        this.say(`${path ? `${path}.` : ''}${key}: unknown option; known are ${known.join(', ')}`);
    }
  }

  /** @throws {InvalidOptionsError} when anything was added. */
  throwIfAny(): void {
    if (this.faults.length > 0) throw new InvalidOptionsError(this.subject, this.faults);
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return isNamedClass(value) ? `the class ${value.name}` : 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

/** By its text: a class cannot be told from a function otherwise. */
const isNamedClass = (value: { readonly name: string }): boolean =>
  value.name !== '' && /^class\b/.test(Function.prototype.toString.call(value));
