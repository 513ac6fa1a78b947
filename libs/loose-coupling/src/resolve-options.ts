import { Logger, type LoggerService } from '@nestjs/common';
import { checkAwsTransportOptions } from './aws/transport/check-aws-transport-options.js';
import { checkAwsClientOptions } from './aws/check-aws-client-options.js';
import type { AwsClientOptions } from './aws/index.js';
import { validateEventSourcingOptions, type EventSourcingOptions } from './event-sourcing/runtime.js';
import { Clock, FaultList, SystemClock } from './kernel/index.js';
import type { LooseCouplingOptions, TransportOptions } from './loose-coupling.options.js';
import { DEFAULT_CONSUMER_SETTINGS, DEFAULT_RETRY_POLICY, type MessagingOptions } from './messaging/index.js';
import { checkResilienceModuleOptions } from './resilience/nest/check-resilience-module-options.js';
import type { ResilienceSettings } from './resilience/nest/resilience-module.options.js';
import { checkServicesOptions, type ServiceOptions } from './services/index.js';
import { checkSqsConsumers } from './messaging/sqs-handlers/sqs-consumer-options.js';
import { checkRetryOptions } from './messaging/topology/check-handler-options.js';

const KNOWN = [
  'service',
  'transport',
  'store',
  'consumer',
  'sqsConsumers',
  'inbox',
  'outbox',
  'personalData',
  'tenancy',
  'maxRedrives',
  'resilience',
  'aws',
  'openTelemetry',
  'clock',
  'logger',
  'services',
  'isGlobal',
];
const CONSUMER = ['enabled', 'concurrency', 'visibilityTimeout', 'drainTimeout', 'maxMessageBytes', 'retry'];
const DEFAULT_SERVICE = 'app';
const DEFAULT_MAX_REDRIVES = 3;
/** Leaves room for an event's name within the 80 characters of a queue name. */
const MAX_SERVICE_LENGTH = 32;

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly messaging: MessagingOptions;
  readonly eventSourcing: EventSourcingOptions;
  readonly transport: TransportOptions;
  readonly resilience: ResilienceSettings;
  readonly services: readonly ServiceOptions[];
  readonly aws: AwsClientOptions | undefined;
  readonly openTelemetry: boolean | undefined;
  readonly clock: Clock;
}

/** Injection token of `ResolvedOptions`. */
export const RESOLVED_OPTIONS = Symbol.for('nestjs-loose-coupling:resolved-options');

/** Whether messages end with the process. */
export const isInMemory = ({ transport }: ResolvedOptions): boolean =>
  transport.type === 'local' && (transport.file === undefined || transport.file === ':memory:');

/**
 * Checks the options of `forRoot` and fills in the defaults.
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function resolveOptions(options: LooseCouplingOptions = {}): ResolvedOptions {
  const faults = new FaultList('LooseCouplingModule.forRoot');
  const given = record(faults, 'options', options);
  faults.unknownKeys('', given, KNOWN);
  checkService(faults, options);
  checkTransport(faults, options);
  const { store, inbox, outbox, personalData, tenancy } = options;
  validateEventSourcingOptions(
    withoutUndefined({ store, outbox, personalData, tenancy, inbox: inbox || undefined }),
    faults,
  );
  const consumer = record(faults, 'consumer', options.consumer ?? {});
  faults.unknownKeys('consumer', consumer, CONSUMER);
  faults.boolean('consumer.enabled', consumer['enabled']);
  faults.positiveInteger('consumer.concurrency', consumer['concurrency']);
  faults.positiveInteger('consumer.maxMessageBytes', consumer['maxMessageBytes']);
  faults.positiveInteger('consumer.visibilityTimeout', consumer['visibilityTimeout']);
  faults.duration('consumer.drainTimeout', consumer['drainTimeout']);
  checkRetryOptions(faults, 'consumer.retry', consumer['retry']);
  checkSqsConsumers(options.sqsConsumers, faults);
  if (options.maxRedrives !== 0) faults.positiveInteger('maxRedrives', options.maxRedrives);
  checkResilienceModuleOptions(options.resilience, faults);
  checkServicesOptions(options.services, faults);
  checkAwsClientOptions(options.aws, faults);
  faults.boolean('openTelemetry', options.openTelemetry);
  checkClock(faults, options.clock);
  checkLogger(faults, options.logger);
  faults.throwIfAny();
  const resolved = fillIn(options);
  if (options.service === undefined && isShared(resolved.transport)) {
    const what = resolved.transport.type === 'local' ? resolved.transport.file : 'an account on AWS';
    resolved.messaging.logger.warn(
      `Services that share ${what} are told apart by the option "service", which is not set: ` +
        `another one that is called "${DEFAULT_SERVICE}" too would take events from this one.`,
    );
  }
  return resolved;
}

const isShared = (transport: TransportOptions): boolean => transport.type === 'aws' || transport.file !== undefined;

function fillIn(options: LooseCouplingOptions): ResolvedOptions {
  const { retry, enabled = true, ...consumer } = options.consumer ?? {};
  const service = options.service ?? DEFAULT_SERVICE;
  const logger = options.logger === false ? SILENT : (options.logger ?? new Logger('LooseCoupling'));
  return {
    clock: options.clock ?? new SystemClock(),
    transport: options.transport ?? { type: 'local' },
    resilience: { options: options.resilience ?? {}, logger },
    services: options.services ?? [],
    aws: options.aws,
    openTelemetry: options.openTelemetry,
    eventSourcing: {
      service,
      store: options.store ?? { type: 'memory' },
      ...(options.outbox && { outbox: options.outbox }),
      ...(options.inbox && { inbox: options.inbox }),
      ...(options.personalData && { personalData: options.personalData }),
      ...(options.tenancy && { tenancy: options.tenancy }),
    },
    messaging: {
      service,
      consumer: { ...DEFAULT_CONSUMER_SETTINGS, ...withoutUndefined(consumer) },
      consumes: enabled,
      retry: { ...DEFAULT_RETRY_POLICY, ...withoutUndefined(retry ?? {}) },
      inbox: options.inbox !== false,
      maxRedrives: options.maxRedrives ?? DEFAULT_MAX_REDRIVES,
      sqsConsumers: options.sqsConsumers ?? [],
      logger,
    },
  };
}

function checkService(faults: FaultList, { service }: LooseCouplingOptions): void {
  if (service === undefined) return;
  if (typeof service !== 'string' || !/^[a-z0-9][\w-]*$/i.test(service) || service.length > MAX_SERVICE_LENGTH) {
    faults.add('service', `letters, digits, "-" and "_", at most ${MAX_SERVICE_LENGTH} characters`, service);
  }
}

function checkTransport(faults: FaultList, { transport }: LooseCouplingOptions): void {
  if (transport === undefined) return;
  const given = record(faults, 'transport', transport);
  if (given['type'] === 'aws') return checkAwsTransportOptions(faults, 'transport', given);
  if (given['type'] !== 'local') faults.add('transport.type', '"local" or "aws"', given['type']);
  faults.unknownKeys('transport', given, ['type', 'file', 'synchronous']);
  checkFile(faults, 'transport.file', given['file']);
  faults.oneOf('transport.synchronous', given['synchronous'], ['normal', 'full']);
}

function checkFile(faults: FaultList, path: string, file: unknown): void {
  if (file !== undefined && (typeof file !== 'string' || file === '')) faults.add(path, 'the name of a file', file);
}

function checkClock(faults: FaultList, clock: unknown): void {
  if (clock === undefined) return;
  const methods = ['now', 'monotonic', 'setTimer'];
  const fits = methods.every((method) => typeof (clock as Record<string, unknown> | null)?.[method] === 'function');
  if (!fits) faults.add('clock', 'a Clock', clock);
}

function checkLogger(faults: FaultList, logger: unknown): void {
  if (logger === undefined || logger === false) return;
  const fits = ['warn', 'error'].every((level) => typeof (logger as Record<string, unknown>)?.[level] === 'function');
  if (!fits) faults.add('logger', "one of Nest's LoggerService, or false", logger);
}

function record(faults: FaultList, path: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  faults.add(path, 'an object', value);
  return {};
}

/** An option that is set to undefined means its default. */
const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

const ignore = (): void => undefined;
const SILENT: LoggerService = { log: ignore, warn: ignore, error: ignore, debug: ignore };
