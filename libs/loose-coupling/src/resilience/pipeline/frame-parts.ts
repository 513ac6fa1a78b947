import type { PolicySet, TimeoutPart } from './policy-set.port.js';

/** The policies of one frame. `timeout` is the part of each attempt; the total one is outside of retries and may belong to another frame. */
export interface FrameParts extends Omit<PolicySet, 'hedge'> {
  readonly deadline?: TimeoutPart;
}
