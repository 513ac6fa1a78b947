import type { Checkpoint, ParkedEvent } from '../../event-sourcing/runtime.js';
import { number, numberOf, text, textOf } from './attributes.js';
import type { Item } from './dynamodb-api.js';
import { parkedEvents, toKey, type ItemKey } from './keys.js';

/** A checkpoint of that name, from its item. */
export const decodeCheckpoint = (name: string, item: Item): Checkpoint => ({
  name,
  position: numberOf(item, 'ckp') ?? 0,
  recordedAt: numberOf(item, 'ts') ?? 0,
  holder: textOf(item, 'holder') ?? '',
  epoch: numberOf(item, 'epoch') ?? 0,
  expiresAt: numberOf(item, 'exp') ?? 0,
  replays: textOf(item, 'rpl') ?? '',
});

export const parkedKey = (name: string, position: number): ItemKey => ({ pk: parkedEvents(name), sk: position });

export const encodeParked = (name: string, event: ParkedEvent): Item => ({
  ...toKey(parkedKey(name, event.position)),
  s: text(event.streamName),
  v: number(event.version),
  id: text(event.eventId),
  t: text(event.type),
  r: text(event.reason),
  ts: number(event.parkedAt),
  due: number(event.due ? 1 : 0),
});

export const decodeParked = (item: Item): ParkedEvent => ({
  position: numberOf(item, 'sk') ?? 0,
  streamName: textOf(item, 's') ?? '',
  version: numberOf(item, 'v') ?? 0,
  eventId: textOf(item, 'id') ?? '',
  type: textOf(item, 't') ?? '',
  reason: textOf(item, 'r') ?? '',
  parkedAt: numberOf(item, 'ts') ?? 0,
  due: numberOf(item, 'due') === 1,
});
