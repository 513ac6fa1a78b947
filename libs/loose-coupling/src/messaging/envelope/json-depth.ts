/** Deeper data is refused on sending, so that whoever reads it need not fear for his stack. */
export const MAX_SENT_DEPTH = 64;
/** Leaves room for the wrappers that a message collects on its way. */
export const MAX_RECEIVED_DEPTH = MAX_SENT_DEPTH + 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whether JSON text nests deeper than `limit`. Reads the text only, so it is safe before parsing. */
export function isNestedDeeper(text: string, limit: number): boolean {
  if (!hasMoreOpenings(text, limit)) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char === QUOTE) {
      index = endOfString(text, index);
    } else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
      if (++depth > limit) return true;
    } else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) {
      depth--;
    }
  }
  return false;
}

/** Those inside of texts too: nearly all messages have so few that no closer look is needed, and this one takes no time. */
function hasMoreOpenings(text: string, limit: number): boolean {
  let left = limit;
  for (const opening of '{[') {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) if (--left < 0) return true;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char === QUOTE) return index;
    if (char === BACKSLASH) index++;
  }
  return text.length;
}
