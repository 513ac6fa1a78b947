import type { FaultList } from '../kernel/index.js';
import type { OutboxRelayOptions } from './outbox/outbox-relay-options.js';
import { validatePersonalDataOptions, type PersonalDataOptions } from './personal-data/personal-data-options.js';
import { validateTenancyOptions, type TenancyOptions } from './tenancy/tenancy-options.js';

/** Where events are kept. */
export type StoreOptions =
  | {
      /** One DynamoDB table, shared by all instances of the service. */
      readonly type: 'dynamodb';
      /** The table is `<tablePrefix>-events`. Default: the name of the service. */
      readonly tablePrefix?: string;
      /** `create` makes the table when it is missing, `validate` checks it at start. Default `none`. */
      readonly provision?: 'create' | 'validate' | 'none';
    }
  | { /** Lost when the process ends. */ readonly type: 'memory' }
  | {
      readonly type: 'sqlite';
      /** Relative names lie in the data directory. Default `<service>.db`. */
      readonly file?: string;
      /** `full` also survives a power cut, at the price of a disk flush per commit. Default `normal`. */
      readonly synchronous?: 'normal' | 'full';
    };

export interface InboxOptions {
  /** Milliseconds that handled messages are remembered. Default 7 days. */
  readonly retention?: number;
}

export interface EventSourcingOptions {
  /** Logical name of the service: source of its messages. */
  readonly service: string;
  readonly store: StoreOptions;
  readonly outbox?: OutboxRelayOptions;
  readonly inbox?: InboxOptions;
  readonly personalData?: PersonalDataOptions;
  readonly tenancy?: TenancyOptions;
}

/** Injection token of `EventSourcingOptions`. */
export const EVENT_SOURCING_OPTIONS = 'nestjs-loose-coupling:event-sourcing-options';

/** Adds everything that is wrong with `store`, `outbox`, `inbox`, `personalData` and `tenancy`. */
export function validateEventSourcingOptions(options: Partial<EventSourcingOptions>, faults: FaultList): void {
  const { store, outbox, inbox, personalData, tenancy } = options;
  if (store !== undefined) validateStore(store, faults);
  if (isObject('outbox', outbox, faults)) validateOutbox(outbox, faults);
  if (isObject('inbox', inbox, faults)) {
    faults.unknownKeys('inbox', inbox, ['retention']);
    faults.duration('inbox.retention', inbox.retention);
  }
  if (isObject('personalData', personalData, faults)) validatePersonalDataOptions(personalData, faults);
  if (isObject('tenancy', tenancy, faults)) {
    const around = {
      storeType: store?.type ?? 'memory',
      hasFile: store?.type === 'sqlite' && store.file !== undefined,
      hasPersonalData: personalData !== undefined,
      hasKeyStore: personalData?.keyStore !== undefined,
    };
    validateTenancyOptions(tenancy, around, faults);
  }
}

function validateStore(store: StoreOptions, faults: FaultList): void {
  if (!isObject('store', store, faults)) return;
  if (store.type === 'sqlite') {
    faults.unknownKeys('store', store, ['type', 'file', 'synchronous']);
    if (store.file !== undefined && (typeof store.file !== 'string' || store.file === '')) {
      faults.add('store.file', 'the name of a file', store.file);
    }
    faults.oneOf('store.synchronous', store.synchronous, ['normal', 'full']);
  } else if (store.type === 'dynamodb') {
    validateTable(store, faults);
  } else if (store.type === 'memory') {
    faults.unknownKeys('store', store, ['type']);
  } else {
    faults.add('store.type', "'memory', 'sqlite' or 'dynamodb'", (store as { type?: unknown }).type);
  }
}

/** What DynamoDB takes as the name of a table, with room for `-events`. */
const TABLE_PREFIX = /^[\w.-]{1,248}$/;

function validateTable(store: StoreOptions & { readonly type: 'dynamodb' }, faults: FaultList): void {
  faults.unknownKeys('store', store, ['type', 'tablePrefix', 'provision']);
  faults.oneOf('store.provision', store.provision, ['create', 'validate', 'none']);
  const { tablePrefix } = store;
  if (tablePrefix !== undefined && (typeof tablePrefix !== 'string' || !TABLE_PREFIX.test(tablePrefix))) {
    faults.add('store.tablePrefix', 'up to 248 letters, digits, "_", "-" or "."', tablePrefix);
  }
}

function validateOutbox(outbox: OutboxRelayOptions, faults: FaultList): void {
  faults.unknownKeys('outbox', outbox, ['batchSize', 'leaseDuration', 'retry', 'stopTimeout']);
  faults.positiveInteger('outbox.batchSize', outbox.batchSize);
  faults.positiveInteger('outbox.leaseDuration', outbox.leaseDuration);
  faults.duration('outbox.stopTimeout', outbox.stopTimeout);
  const { retry } = outbox;
  if (!isObject('outbox.retry', retry, faults)) return;
  faults.unknownKeys('outbox.retry', retry, ['initialDelay', 'maxDelay', 'jitter']);
  faults.duration('outbox.retry.initialDelay', retry.initialDelay);
  faults.duration('outbox.retry.maxDelay', retry.maxDelay);
  faults.oneOf('outbox.retry.jitter', retry.jitter, ['full', 'equal', 'none']);
}

function isObject<T extends object>(path: string, value: T | undefined, faults: FaultList): value is T {
  if (value === undefined) return false;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true;
  faults.add(path, 'an object', value);
  return false;
}
