import { InvalidConfigError } from '../errors/invalid-config.error.js';
import { DEFAULT_NAME_PATTERN } from '../model/physical-names.js';
import { checkReferences } from './check-references.js';
import { ConfigReader } from './config-reader.js';
import { findSyntaxError } from './find-syntax-error.js';
import { lineOf } from './locate.js';
import type {
  ProvisioningConfig,
  QueueConfig,
  RuleConfig,
  SubscriptionConfig,
  TopicConfig,
} from './provisioning-config.js';
import { readAlarms } from './read-alarms.js';
import { readCircuitBreaker } from './read-circuit-breaker.js';

const MAX_TEXT = 1_000_000;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const NAME_SAYS = 'letters, digits, "-" and "_", at most 64 characters';
const RULE_NAME = /^[A-Za-z0-9._-]{1,64}$/;
const RULE_NAME_SAYS = 'letters, digits, ".", "-" and "_", at most 64 characters';
const PATTERN = /^(?=.*\{name\})(?:[A-Za-z0-9_-]|\{(?:project|name|stage)\}){1,100}$/;
const PATTERN_SAYS = '{name}, with {project}, {stage}, letters, digits, "-" and "_" around it';
const SCOPE = /^Message(?:Attributes|Body)$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const DAYS_14 = 1_209_600;
const HOURS_12 = 43_200;

/**
 * Reads a provisioning file. Keys that it does not know are passed over, as the document's own script does.
 * @throws {InvalidConfigError} listing every fault with its line
 */
export function readConfig(text: string, file = 'the configuration'): ProvisioningConfig {
  if (text.length > MAX_TEXT) throw new InvalidConfigError(file, [`it has more than ${MAX_TEXT} characters`]);
  const reader = new ConfigReader(parse(text, file), (path) => lineOf(text, path));
  const config = readAll(reader);
  checkReferences(config, reader);
  if (reader.faults.length > 0) throw new InvalidConfigError(file, reader.faults);
  return config;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const line = text.slice(0, findSyntaxError(text)).split('\n').length;
    throw new InvalidConfigError(file, [`line ${line}: it is not JSON: ${reason}`]);
  }
}

function readAll(reader: ConfigReader): ProvisioningConfig {
  const breaker = readCircuitBreaker(reader);
  const alarms = readAlarms(reader, (at) => reader.text(at, undefined, NAME, NAME_SAYS), breaker?.function ?? false);
  return {
    project_name: reader.text(['project_name'], 'loose-coupling-demo', NAME, NAME_SAYS),
    aws_region: reader.text(['aws_region'], 'us-east-1', REGION, 'an AWS region'),
    deployment_stage: reader.text(['deployment_stage'], 'dev', NAME, NAME_SAYS),
    message_queues: reader.list(['message_queues'], (path) => queue(reader, path)),
    pub_sub_topics: reader.list(['pub_sub_topics'], (path) => topic(reader, path)),
    event_rules: reader.list(['event_rules'], (path) => rule(reader, path)),
    name_pattern: reader.text(['name_pattern'], DEFAULT_NAME_PATTERN, PATTERN, PATTERN_SAYS),
    event_bus: reader.text(['event_bus'], 'events', NAME, NAME_SAYS),
    ...(breaker && { circuit_breaker: breaker }),
    ...(alarms && { alarms }),
    tags: reader.texts(['tags']),
  };
}

type Path = readonly (string | number)[];

function queue(reader: ConfigReader, path: Path): QueueConfig {
  const kms = reader.optionalText([...path, 'kms_key_id']);
  const handlerTimeout = reader.optionalNumber([...path, 'handler_timeout_seconds'], 1, HOURS_12);
  return {
    name: reader.text([...path, 'name'], undefined, NAME, NAME_SAYS),
    visibility_timeout_seconds: reader.number([...path, 'visibility_timeout_seconds'], 30, 0, HOURS_12),
    message_retention_seconds: reader.number([...path, 'message_retention_seconds'], DAYS_14, 60, DAYS_14),
    max_receive_count: reader.number([...path, 'max_receive_count'], 3, 1, 1_000),
    fifo: reader.flag([...path, 'fifo'], false),
    ...(kms !== undefined && { kms_key_id: kms }),
    ...(handlerTimeout !== undefined && { handler_timeout_seconds: handlerTimeout }),
  };
}

function topic(reader: ConfigReader, path: Path): TopicConfig {
  const kms = reader.optionalText([...path, 'kms_key_id']);
  return {
    name: reader.text([...path, 'name'], undefined, NAME, NAME_SAYS),
    fifo: reader.flag([...path, 'fifo'], false),
    ...(kms !== undefined && { kms_key_id: kms }),
    subscriptions: reader.list([...path, 'subscriptions'], (at) => subscription(reader, at)),
  };
}

function subscription(reader: ConfigReader, path: Path): SubscriptionConfig {
  const filter = reader.optionalObject([...path, 'filter_policy']);
  return {
    queue: reader.text([...path, 'queue'], undefined, NAME, NAME_SAYS),
    ...(filter && { filter_policy: filter }),
    filter_policy_scope: scopeOf(reader, [...path, 'filter_policy_scope']),
  };
}

const scopeOf = (reader: ConfigReader, path: Path): SubscriptionConfig['filter_policy_scope'] =>
  reader.text(path, 'MessageAttributes', SCOPE, '"MessageAttributes" or "MessageBody"') === 'MessageBody'
    ? 'MessageBody'
    : 'MessageAttributes';

function rule(reader: ConfigReader, path: Path): RuleConfig {
  return {
    name: reader.text([...path, 'name'], undefined, RULE_NAME, RULE_NAME_SAYS),
    event_pattern: reader.objectOrJson([...path, 'event_pattern']),
    targets: reader.list([...path, 'targets'], (at) => reader.text(at, undefined, NAME, NAME_SAYS)),
  };
}
