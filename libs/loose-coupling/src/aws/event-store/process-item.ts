import { dueAtOf, type OpenProcess, type ProcessChange } from '../../event-sourcing/runtime.js';
import { number, text, textOf } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import { processKey, processShard, toKey } from './keys.js';

/** Where instances without a deadline stand in the index: behind all that have one. In milliseconds. */
const NO_DEADLINE = 4e15;

/** The item that lists an open instance by its next deadline; none for one that is over. */
export function encodeProcess(change: ProcessChange, commitId: string): Item | undefined {
  if ('over' in change) return undefined;
  return {
    ...toKey(processKey(change)),
    cid: text(commitId),
    pend: text(processShard(change)),
    pts: number(dueAtOf(change) ?? NO_DEADLINE + change.openedAt),
    p: text(JSON.stringify(change)),
  };
}

export function decodeProcess(item: Item | undefined): OpenProcess | undefined {
  const stored = textOf(item, 'p');
  return stored === undefined ? undefined : (JSON.parse(stored) as OpenProcess);
}
