import { InvalidEventPatternError } from '../errors/invalid-event-pattern.error.js';
import { compileFields } from './compile-fields.js';
import type { CompiledPattern, EventPattern } from './event-pattern.js';
import { EVENTBRIDGE, PatternCompilation, type PatternDialect } from './pattern-compilation.js';

/** As EventBridge has it: how many patterns without `$or` one pattern may stand for. */
const MAX_COMBINATIONS = 1000;
/** Keeps a generated pattern from growing without notice. AWS has its own, smaller limits. */
const MAX_LENGTH = 256 * 1024;
const MAX_DEPTH = 64;

/**
 * Compiles an EventBridge event pattern. Values of other types never match text operators; numbers are compared as
 * numbers (300 equals 3e2); a list in the event matches when any element does; of a list of objects, one object must
 * match all fields; a missing field matches only `exists: false`.
 * @param subject what the pattern is, for the message: `filter of StockReactions.reserve`
 * @throws {InvalidEventPatternError} listing every fault with its path
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compilePattern(pattern: EventPattern, subject = 'event pattern'): CompiledPattern {
  return compileWith(EVENTBRIDGE, pattern, subject);
}

/** The same for any dialect. */
export function compileWith(dialect: PatternDialect, pattern: unknown, subject: string): CompiledPattern {
  const outerFault = faultOfWhole(pattern);
  if (outerFault) throw new InvalidEventPatternError(subject, [`pattern: ${outerFault}`]);
  const compilation = new PatternCompilation(dialect);
  const { node, combinations } = compileFields(pattern, '', compilation);
  if (combinations > MAX_COMBINATIONS) {
    compilation.fault('', `its "$or" make ${combinations} combinations, more than ${MAX_COMBINATIONS}`);
  }
  if (compilation.faults.length > 0) throw new InvalidEventPatternError(subject, compilation.faults);
  return (event) => node.matches(event, true);
}

/** What makes it unsafe to look into a pattern at all. */
function faultOfWhole(pattern: unknown): string | undefined {
  if (isDeeper(pattern, MAX_DEPTH)) return `must not nest deeper than ${MAX_DEPTH} levels, or contain itself`;
  const length = JSON.stringify(pattern)?.length ?? 0;
  return length > MAX_LENGTH ? `must be at most ${MAX_LENGTH} characters of JSON, is ${length}` : undefined;
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1)));
