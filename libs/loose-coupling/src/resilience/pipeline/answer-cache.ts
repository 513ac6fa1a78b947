import type { CacheOptions } from '../options/policy-options.js';

export interface Answer {
  readonly value: unknown;
  /** Monotonic milliseconds. */
  readonly at: number;
}

const DEFAULT_MAX_ENTRIES = 1_000;

/**
 * The latest answers of a method, least recently used first. Every object that the method is called on has its own: instances
 * differ in more than arguments (a tenant, a connection), and take their answers with them when they go.
 */
export class AnswerCache {
  private readonly ofObjects = new WeakMap<object, Map<string, Answer>>();
  private readonly ofNobody = new Map<string, Answer>();

  constructor(private readonly options: CacheOptions) {}

  keyOf(args: readonly unknown[]): string {
    return this.options.key === undefined ? JSON.stringify(args) : this.options.key(args);
  }

  /** One that is young enough to be used without asking. */
  fresh(self: unknown, key: string, now: number): Answer | undefined {
    return this.find(self, key, now, this.options.ttl ?? 0);
  }

  /** One that is young enough to be used when asking failed. */
  stale(self: unknown, key: string, now: number): Answer | undefined {
    return this.find(self, key, now, this.options.staleOnError ?? 0);
  }

  store(self: unknown, key: string, value: unknown, now: number): void {
    const answers = this.answersOf(self);
    answers.delete(key);
    answers.set(key, { value, at: now });
    if (answers.size <= (this.options.maxEntries ?? DEFAULT_MAX_ENTRIES)) return;
    for (const oldest of answers.keys()) {
      answers.delete(oldest);
      break;
    }
  }

  private find(self: unknown, key: string, now: number, maxAge: number): Answer | undefined {
    if (maxAge <= 0) return undefined;
    const answers = this.answersOf(self);
    const answer = answers.get(key);
    if (answer === undefined || now - answer.at >= maxAge) return undefined;
    answers.delete(key);
    answers.set(key, answer);
    return answer;
  }

  private answersOf(self: unknown): Map<string, Answer> {
    if ((typeof self !== 'object' || self === null) && typeof self !== 'function') return this.ofNobody;
    let answers = this.ofObjects.get(self);
    if (answers === undefined) this.ofObjects.set(self, (answers = new Map()));
    return answers;
  }
}
