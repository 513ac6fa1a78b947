import { FaultList } from '../../kernel/index.js';
import type { OpenProcess } from '../core/process-index.js';
import type { ProcessManagerClass } from './process-manager-model.js';

/** Which open instances are asked for: those of which all holds that is given. Times are milliseconds. */
export interface StuckQuery {
  /** A name, or a class with `@ProcessManager`. Default: all managers. */
  readonly manager?: string | ProcessManagerClass;
  /** Opened at least this long ago. */
  readonly openFor?: number;
  /** Nothing has happened for at least this long. */
  readonly idleFor?: number;
  /** A deadline was due at least this long ago. */
  readonly overdueFor?: number;
  readonly waitingFor?: string;
  /** Default 100. */
  readonly limit?: number;
}

/** A time that is no number would match nothing, as if nothing were stuck. @throws {InvalidOptionsError} */
export function checkStuckQuery(query: StuckQuery): void {
  const { openFor, idleFor, overdueFor, waitingFor, limit } = query;
  const faults = new FaultList('ProcessManagers.findStuck()');
  faults.unknownKeys('', query, ['manager', 'openFor', 'idleFor', 'overdueFor', 'waitingFor', 'limit']);
  faults.duration('openFor', openFor);
  faults.duration('idleFor', idleFor);
  faults.duration('overdueFor', overdueFor);
  if (waitingFor !== undefined && typeof waitingFor !== 'string') faults.add('waitingFor', 'a text', waitingFor);
  faults.positiveInteger('limit', limit);
  faults.throwIfAny();
}

export function isStuck(entry: OpenProcess, query: StuckQuery, now: number): boolean {
  const { openFor = 0, idleFor = 0, overdueFor, waitingFor } = query;
  return (
    entry.openedAt <= now - openFor &&
    entry.changedAt <= now - idleFor &&
    (overdueFor === undefined || entry.deadlines.some(({ dueAt }) => dueAt <= now - overdueFor)) &&
    (waitingFor === undefined || entry.waitingFor.includes(waitingFor))
  );
}
