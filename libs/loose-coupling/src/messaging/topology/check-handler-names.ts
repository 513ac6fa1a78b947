import type { FaultList } from '../../kernel/index.js';
import { handlerName, type DeclaredHandler } from './declared-handler.js';

/** Two classes whose handlers have one name would share their entries of the inbox: only one of them would run. */
export function checkHandlerNames(declared: readonly DeclaredHandler[], faults: FaultList): void {
  const byName = new Map<string, DeclaredHandler>();
  const reported = new Set<object>();
  for (const handler of declared) {
    const name = handlerName(handler);
    const rival = byName.get(name) ?? handler;
    byName.set(name, rival);
    if (rival.prototype === handler.prototype || reported.has(handler.prototype)) continue;
    reported.add(handler.prototype);
    faults.say(
      `${name} of ${rival.moduleName} and ${name} of ${handler.moduleName} are two classes with one name, ` +
        'and the inbox knows handlers by class and method; rename one of the classes',
    );
  }
}
