/** Tails in which valibot ("… but received "x"", "…: Received "x"") and arktype ("… (was "x")") repeat the value. */
const RECEIVED = /(?:,| but|:)? received (?!(?:a |an )?[a-z]+$)[\s\S]*$/i;
const WAS = / \(was [\s\S]*\)$/;

/** Takes the offending value out of a schema's message, as messages end up in logs and dead-letter queues. */
export function redactIssue(message: string, value: unknown): string {
  const withoutTail = message.replace(WAS, '').replace(RECEIVED, '');
  if (typeof value === 'string') {
    const withoutQuoted = withoutTail.replaceAll(JSON.stringify(value), '…');
    // A short text would also be found inside of words.
    return value.length < 4 ? withoutQuoted : withoutQuoted.replaceAll(value, '…');
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return withoutTail.replace(/-?\d[\d.e+-]*/g, (number) => (number === String(value) ? '…' : number));
  }
  return withoutTail;
}
