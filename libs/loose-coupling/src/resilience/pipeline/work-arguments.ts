/** Arguments of work that is a function of the pipeline's user: it is called with the attempt. */
export const WITH_CONTEXT: readonly unknown[] = Object.freeze([]);

/** The same of a call that says its key. Empty, too: it goes where arguments go, and nobody outside of the pipeline sees it. */
export class KeyedWork extends Array<unknown> {
  constructor(readonly key: string) {
    super();
  }
}

/** Whether these stand for no arguments, but for work that is to be given its attempt. */
export function isWork(args: readonly unknown[]): boolean {
  return args.length === 0 && (args === WITH_CONTEXT || args instanceof KeyedWork);
}
