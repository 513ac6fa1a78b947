import type { FaultList } from '../../kernel/index.js';
import type { AwsTransportOptions } from './aws-transport.options.js';

const KNOWN: readonly (keyof AwsTransportOptions)[] = [
  'type',
  'eventBus',
  'prefix',
  'provision',
  'tags',
  'kmsKeyId',
  'receiver',
  'publisher',
  'claimCheck',
];
const KNOWN_OF_PUBLISHER = ['linger', 'maxInFlight', 'maxPending'];
const KNOWN_OF_CLAIM_CHECK = ['bucket', 'keyPrefix', 'threshold'];
/** Leaves room for a service and an event within the 80 characters of a queue's name; longer names are cut and hashed. */
const MAX_PREFIX = 32;

/** Adds what is wrong with the options of the transport on AWS. */
export function checkAwsTransportOptions(faults: FaultList, path: string, given: Record<string, unknown>): void {
  const at = (key: string): string => `${path}.${key}`;
  faults.unknownKeys(path, given, KNOWN);
  const { eventBus, prefix, kmsKeyId, tags } = given;
  if (
    prefix !== undefined &&
    (typeof prefix !== 'string' || !/^[a-z\d][\w-]*$/i.test(prefix) || prefix.length > MAX_PREFIX)
  ) {
    faults.add(at('prefix'), `letters, digits, "-" and "_", at most ${MAX_PREFIX} characters`, prefix);
  }
  if (eventBus !== undefined && (typeof eventBus !== 'string' || !/^(?:arn:.+|[\w./-]{1,256})$/.test(eventBus))) {
    faults.add(at('eventBus'), 'the name or ARN of an event bus', eventBus);
  }
  if (kmsKeyId !== undefined && (typeof kmsKeyId !== 'string' || kmsKeyId === '')) {
    faults.add(at('kmsKeyId'), 'the id, alias or ARN of a key', kmsKeyId);
  }
  faults.oneOf(at('provision'), given['provision'], ['create', 'validate', 'none']);
  faults.oneOf(at('receiver'), given['receiver'], ['auto', 'ssut', 'sdk']);
  const texts = recordAt(faults, at('tags'), tags);
  for (const [name, value] of Object.entries(texts ?? {})) {
    if (typeof value !== 'string') faults.add(`${at('tags')}.${name}`, 'text', value);
  }
  checkPublisher(faults, at('publisher'), given['publisher']);
  checkClaimCheck(faults, at('claimCheck'), given['claimCheck']);
}

function checkPublisher(faults: FaultList, path: string, value: unknown): void {
  const publisher = recordAt(faults, path, value, KNOWN_OF_PUBLISHER);
  if (!publisher) return;
  faults.duration(`${path}.linger`, publisher['linger']);
  faults.positiveInteger(`${path}.maxInFlight`, publisher['maxInFlight']);
  faults.positiveInteger(`${path}.maxPending`, publisher['maxPending']);
}

function checkClaimCheck(faults: FaultList, path: string, value: unknown): void {
  const claimCheck = recordAt(faults, path, value, KNOWN_OF_CLAIM_CHECK);
  if (!claimCheck) return;
  const { bucket, keyPrefix, threshold } = claimCheck;
  if (typeof bucket !== 'string' || bucket === '') faults.add(`${path}.bucket`, 'the name of a bucket', bucket);
  if (keyPrefix !== undefined && typeof keyPrefix !== 'string') faults.add(`${path}.keyPrefix`, 'text', keyPrefix);
  faults.positiveInteger(`${path}.threshold`, threshold);
}

function recordAt(
  faults: FaultList,
  path: string,
  value: unknown,
  known?: readonly string[],
): Record<string, unknown> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.add(path, 'an object', value);
    return undefined;
  }
  if (known) faults.unknownKeys(path, value, known);
  return value as Record<string, unknown>;
}
