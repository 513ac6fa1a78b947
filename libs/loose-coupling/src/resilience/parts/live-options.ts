import type { PolicyKind } from '../options/policy-options.js';
import type { LivePart, OptionsOf, PartOf } from './live-part.js';

/** A policy without state: all there is to it is its options. */
export class LiveOptions<K extends PolicyKind> implements LivePart<K> {
  constructor(
    private options: OptionsOf<K>,
    private readonly toPart: (options: OptionsOf<K>) => PartOf<K>,
  ) {}

  configure(options: OptionsOf<K>): void {
    this.options = options;
  }

  part(): PartOf<K> {
    return this.toPart(this.options);
  }
}
