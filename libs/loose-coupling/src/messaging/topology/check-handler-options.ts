import { FaultList } from '../../kernel/index.js';
import { checkContract } from '../contracts/check-contract.js';
import type { HandlerMetadata } from '../decorators/handler-metadata.js';
import { compilePattern } from '../patterns/compile-pattern.js';
import { InvalidEventPatternError } from '../errors/invalid-event-pattern.error.js';
import { queueNameFault } from './queue-names.js';

const COMMON = ['concurrency', 'retry', 'visibilityTimeout'];
const KNOWN = {
  event: [...COMMON, 'inbox', 'rateLimit', 'queue', 'filter'],
  command: [...COMMON, 'inbox', 'rateLimit'],
  request: [...COMMON, 'inbox', 'rateLimit', 'responseTopic'],
  deadLetter: COMMON,
} as const;
const BATCH = [...COMMON, 'rateLimit', 'size', 'maxWait'];
const KNOWN_OF_BATCHES = { event: [...BATCH, 'queue', 'filter'], command: BATCH } as const;
const RETRY = ['maxAttempts', 'initialDelay', 'maxDelay', 'jitter'];

/** Adds what is wrong with the options of one handler; `path` names its decorator and method. */
export function checkHandlerOptions(faults: FaultList, path: string, metadata: HandlerMetadata): void {
  const { kind, options } = metadata;
  const batch = 'batch' in metadata && metadata.batch === true;
  if (typeof options !== 'object' || options === null) {
    faults.add(path, 'an object of options', options);
    return;
  }
  const given = options as Record<string, unknown>;
  faults.unknownKeys(path, given, batch ? KNOWN_OF_BATCHES[kind as 'event' | 'command'] : KNOWN[kind]);
  if (batch) {
    faults.positiveInteger(`${path}.size`, given['size']);
    faults.duration(`${path}.maxWait`, given['maxWait']);
  }
  faults.positiveInteger(`${path}.concurrency`, given['concurrency']);
  faults.duration(`${path}.visibilityTimeout`, given['visibilityTimeout']);
  faults.boolean(`${path}.inbox`, given['inbox']);
  checkRetryOptions(faults, `${path}.retry`, given['retry']);
  checkRateLimit(faults, `${path}.rateLimit`, given['rateLimit']);
  checkTopic(faults, `${path}.responseTopic`, given['responseTopic']);
  if (kind === 'event') {
    checkQueue(faults, `${path}.queue`, given['queue']);
    checkFilter(faults, `${path}.filter`, given['filter']);
  }
}

/** Adds what is wrong with a `retry` option. */
export function checkRetryOptions(faults: FaultList, path: string, retry: unknown): void {
  if (retry === undefined) return;
  if (typeof retry !== 'object' || retry === null) {
    faults.add(path, `an object of ${RETRY.join(', ')}`, retry);
    return;
  }
  const given = retry as Record<string, unknown>;
  faults.unknownKeys(path, given, RETRY);
  faults.positiveInteger(`${path}.maxAttempts`, given['maxAttempts']);
  faults.duration(`${path}.initialDelay`, given['initialDelay']);
  faults.duration(`${path}.maxDelay`, given['maxDelay']);
  faults.oneOf(`${path}.jitter`, given['jitter'], ['full', 'equal', 'none']);
}

function checkRateLimit(faults: FaultList, path: string, rateLimit: unknown): void {
  if (rateLimit === undefined) return;
  if (typeof rateLimit !== 'object' || rateLimit === null) return faults.add(path, '{ limit, interval }', rateLimit);
  const { limit, interval } = rateLimit as Record<string, unknown>;
  faults.unknownKeys(path, rateLimit, ['limit', 'interval']);
  faults.positiveInteger(`${path}.limit`, limit ?? null);
  if (!(typeof interval === 'number' && interval > 0 && Number.isFinite(interval))) {
    faults.add(`${path}.interval`, 'milliseconds above 0', interval);
  }
}

function checkQueue(faults: FaultList, path: string, queue: unknown): void {
  if (queue === undefined) return;
  const fault = typeof queue === 'string' ? queueNameFault(queue) : 'the name of a queue';
  if (fault) faults.add(path, fault, queue);
}

function checkTopic(faults: FaultList, path: string, topic: unknown): void {
  if (topic === undefined) return;
  const contract = new FaultList(path);
  checkContract(contract, { name: topic });
  if (contract.faults.length > 0) faults.add(path, 'the name of an event', topic);
}

function checkFilter(faults: FaultList, path: string, filter: unknown): void {
  if (filter === undefined) return;
  try {
    compilePattern(filter as never, path);
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    for (const fault of error.faults) faults.say(`${path}: ${fault}`);
  }
}
