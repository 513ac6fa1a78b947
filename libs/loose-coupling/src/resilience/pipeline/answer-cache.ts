import type { CacheOptions } from '../options/policy-options.js';
import { plainJson } from './plain-json.js';
import { isWork, KeyedWork } from './work-arguments.js';

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

  constructor(private options: CacheOptions) {}

  /** Answers stay, as long as the new options allow. */
  configure(options: CacheOptions): void {
    this.options = options;
  }

  /** Undefined for a call that cannot be told from others, which is then asked anew: an answer of another call would be worse. */
  keyOf(args: readonly unknown[]): string | undefined {
    if (isWork(args)) return args instanceof KeyedWork ? args.key : undefined;
    try {
      const key = this.options.key === undefined ? plainJson(args) : this.options.key(args);
      return typeof key === 'string' ? key : undefined;
    } catch {
      return undefined;
    }
  }

  /** One that is young enough to be used without asking. */
  fresh(self: unknown, key: string | undefined, now: number): Answer | undefined {
    return this.find(self, key, now, this.options.ttl ?? 0);
  }

  /** One that is young enough to be used when asking failed. */
  stale(self: unknown, key: string | undefined, now: number): Answer | undefined {
    return this.find(self, key, now, this.options.staleOnError ?? 0);
  }

  store(self: unknown, key: string | undefined, value: unknown, now: number): void {
    if (key === undefined) return;
    const answers = this.answersOf(self);
    answers.delete(key);
    answers.set(key, { value, at: now });
    const most = this.options.maxEntries ?? DEFAULT_MAX_ENTRIES;
    for (const oldest of answers.keys()) {
      if (answers.size <= most) break;
      answers.delete(oldest);
    }
  }

  private find(self: unknown, key: string | undefined, now: number, maxAge: number): Answer | undefined {
    if (maxAge <= 0 || key === undefined) return undefined;
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
