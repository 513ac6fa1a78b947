/** A value at the end of a path. */
export type Leaf = string | number | boolean | null;

/** One compiled test of a value. */
export type LeafTest = (value: Leaf) => boolean;

/** Where the languages of EventBridge and SNS differ. */
export interface PatternDialect {
  readonly wildcards: boolean;
  /** Whether `exists: true` also wants a value that is neither null nor empty. */
  readonly existsWantsValue: boolean;
  /** Why a number cannot be used, if so. */
  readonly faultOfNumber: (value: number) => string | undefined;
}

export const EVENTBRIDGE: PatternDialect = {
  wildcards: true,
  existsWantsValue: false,
  faultOfNumber: (value) => (Number.isFinite(value) ? undefined : 'must be a finite number'),
};

/** What the parts of one compilation share: the dialect, and the faults found so far. */
export class PatternCompilation {
  readonly faults: string[] = [];

  constructor(readonly dialect: PatternDialect) {}

  fault(path: string, fault: string): void {
    this.faults.push(`${path || 'pattern'}: ${fault}`);
  }

  checkNumber(value: number, path: string): void {
    const fault = this.dialect.faultOfNumber(value);
    if (fault) this.fault(path, fault);
  }

  /** Notes a fault and gives a test for the place of the faulty one; it never runs. */
  faultyTest(path: string, fault: string): LeafTest {
    this.fault(path, fault);
    return () => false;
  }
}
