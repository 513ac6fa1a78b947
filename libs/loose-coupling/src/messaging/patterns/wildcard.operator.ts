import type { PatternCompilation } from './pattern-compilation.js';
import type { TextTest } from './text-tests.js';

/** `*` stands for any text, also none; `\*` and `\\` for the characters themselves. */
export function compileWildcard(operand: unknown, path: string, compilation: PatternCompilation): TextTest {
  if (!compilation.dialect.wildcards) return compilation.faultyTest(path, 'is not an operator of SNS filter policies');
  if (typeof operand !== 'string') return compilation.faultyTest(path, 'must be text');
  const pieces = split(operand);
  return typeof pieces === 'string' ? compilation.faultyTest(path, pieces) : matchPieces(pieces);
}

/** The literal texts between the asterisks, or what is wrong. */
function split(wildcard: string): string[] | string {
  const pieces: string[] = [];
  let piece = '';
  for (let index = 0; index < wildcard.length; index++) {
    const char = wildcard.charAt(index);
    if (char === '\\') {
      const escaped = wildcard.charAt(++index);
      if (escaped !== '*' && escaped !== '\\')
        return `has a "\\" at ${index - 1} that is followed by neither "*" nor "\\"`;
      piece += escaped;
    } else if (char === '*') {
      if (wildcard.charAt(index + 1) === '*') return `has two "*" in a row at ${index}`;
      pieces.push(piece);
      piece = '';
    } else {
      piece += char;
    }
  }
  return [...pieces, piece];
}

/** Takes each piece at its first place after the one before, which is never worse than a later one: no backtracking. */
function matchPieces(pieces: readonly string[]): TextTest {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return (text) => text === first;
  const last = pieces[pieces.length - 1] ?? '';
  const middle = pieces.slice(1, -1);
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let from = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, from);
      if (found < 0) return false;
      from = found + piece.length;
    }
    return from <= end;
  };
}
