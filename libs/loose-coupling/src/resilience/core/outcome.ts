/**
 * How a call ended, as a policy sees it. `ignored` is neither: the caller gave up, the call was refused further in, or
 * a predicate said that it does not count. It releases what the call held and changes nothing else.
 */
export type Outcome = 'success' | 'failure' | 'ignored';
