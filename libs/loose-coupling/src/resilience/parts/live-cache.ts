import { AnswerCache } from '../pipeline/answer-cache.js';
import type { CachePart } from '../pipeline/policy-set.port.js';
import type { LivePart, OptionsOf } from './live-part.js';

/** The cache of one policy; what lives are its answers, also while the options change. */
export class LiveCache implements LivePart<'cache'> {
  private readonly answers: AnswerCache;

  constructor(
    private readonly name: string,
    private options: OptionsOf<'cache'>,
  ) {
    this.answers = new AnswerCache(options);
  }

  configure(options: OptionsOf<'cache'>): void {
    this.options = options;
    this.answers.configure(options);
  }

  part(): CachePart {
    return { name: this.name, options: this.options, answers: this.answers };
  }
}
