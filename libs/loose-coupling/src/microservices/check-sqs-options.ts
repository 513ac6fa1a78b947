import { FaultList } from '../kernel/index.js';
import { checkRetryOptions, queueNameFault } from '../messaging/index.js';
import type { SqsClientOptions } from './sqs-client.options.js';
import type { SqsServerOptions } from './sqs-server.options.js';

const SERVER: readonly (keyof SqsServerOptions)[] = [
  'transport',
  'queue',
  'service',
  'concurrency',
  'visibilityTimeout',
  'drainTimeout',
  'retry',
  'subscribe',
  'openTelemetry',
  'clock',
];
const CLIENT: readonly (keyof SqsClientOptions)[] = [
  'transport',
  'queue',
  'service',
  'events',
  'timeout',
  'openTelemetry',
  'clock',
];
/** Leaves room for `-replies-` and an id in the name of a reply queue. */
const SERVICE = /^[\w-]{1,32}$/;

/** @throws {InvalidOptionsError} listing everything that is wrong */
export function checkServerOptions(options: SqsServerOptions): void {
  const faults = new FaultList('SqsServer');
  faults.unknownKeys('', options, SERVER);
  checkCommon(faults, options);
  faults.positiveInteger('concurrency', options.concurrency);
  faults.positiveInteger('visibilityTimeout', options.visibilityTimeout);
  faults.duration('drainTimeout', options.drainTimeout);
  faults.boolean('subscribe', options.subscribe);
  checkRetryOptions(faults, 'retry', options.retry);
  faults.throwIfAny();
}

/** @throws {InvalidOptionsError} listing everything that is wrong */
export function checkClientOptions(options: SqsClientOptions): void {
  const faults = new FaultList('SqsClient');
  faults.unknownKeys('', options, CLIENT);
  checkCommon(faults, options);
  faults.oneOf('events', options.events, ['queue', 'topic']);
  faults.positiveInteger('timeout', options.timeout);
  const { service } = options;
  if (service !== undefined && !SERVICE.test(service)) {
    faults.add('service', 'letters, digits, "-" and "_", at most 32 characters', service);
  }
  faults.throwIfAny();
}

function checkCommon(
  faults: FaultList,
  { transport, queue, openTelemetry }: SqsServerOptions | SqsClientOptions,
): void {
  const given: unknown = transport;
  const fits = typeof given === 'function' || typeof (given as { queue?: unknown } | undefined)?.queue === 'function';
  if (!fits) faults.add('transport', 'an AwsTransport, a LocalTransport, or a function that makes one', given);
  const fault = typeof queue === 'string' ? queueNameFault(queue) : 'the name of a queue';
  if (fault) faults.add('queue', fault, queue);
  faults.boolean('openTelemetry', openTelemetry);
}
