/** What an instance was given, in the order its stream says. */
export type Step = 'sale.ordered' | 'sale.reserved' | 'sale.shipped' | 'sale.paid' | 'payment';

/** What has to leave, in order, and what the instance waits for then: the sample process, in a few lines of its own. */
export function expectedOf(steps: readonly string[]): { messages: string[]; isOver: boolean; undone: boolean } {
  const messages: string[] = [];
  const undo: string[] = [];
  let reminded = false;
  for (const [index, step] of steps.entries()) {
    if (step === 'sale.ordered') messages.push('sale.reserve');
    if (step === 'sale.reserved') {
      undo.unshift('sale.release');
      messages.push('sale.ship');
    }
    if (step === 'sale.shipped') undo.unshift('sale.take-back');
    const isLast = index === steps.length - 1;
    if (step === 'sale.paid') return { messages: [...messages, 'sale.closed paid'], isOver: isLast, undone: false };
    if (step !== 'payment') continue;
    if (reminded) return { messages: [...messages, ...undo, 'sale.closed undone'], isOver: isLast, undone: true };
    reminded = true;
  }
  return { messages, isOver: false, undone: false };
}
