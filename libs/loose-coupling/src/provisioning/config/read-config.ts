import { InvalidConfigError } from '../errors/invalid-config.error.js';
import { ConfigReader } from './config-reader.js';
import { lineOf } from './locate.js';
import type {
  ProvisioningConfig,
  QueueConfig,
  RuleConfig,
  SubscriptionConfig,
  TopicConfig,
} from './provisioning-config.js';

const MAX_TEXT = 1_000_000;
const NAME = /^[A-Za-z0-9_-]{1,40}$/;
const NAME_SAYS = 'letters, digits, "-" and "_", at most 40 characters';
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
    const position = /position (\d+)/.exec(reason)?.[1];
    const line = position === undefined ? '' : `line ${text.slice(0, Number(position)).split('\n').length}: `;
    throw new InvalidConfigError(file, [`${line}it is not JSON: ${reason}`]);
  }
}

function readAll(reader: ConfigReader): ProvisioningConfig {
  return {
    project_name: reader.text(['project_name'], 'loose-coupling-demo', NAME, NAME_SAYS),
    aws_region: reader.text(['aws_region'], 'us-east-1', REGION, 'an AWS region'),
    deployment_stage: reader.text(['deployment_stage'], 'dev', NAME, NAME_SAYS),
    message_queues: reader.list(['message_queues'], (path) => queue(reader, path)),
    pub_sub_topics: reader.list(['pub_sub_topics'], (path) => topic(reader, path)),
    event_rules: reader.list(['event_rules'], (path) => rule(reader, path)),
    circuit_breaker: reader.flag(['circuit_breaker'], true),
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
  };
}

function rule(reader: ConfigReader, path: Path): RuleConfig {
  return {
    name: reader.text([...path, 'name'], undefined, NAME, NAME_SAYS),
    event_pattern: reader.objectOrJson([...path, 'event_pattern']),
    targets: reader.list([...path, 'targets'], (at) => reader.text(at, undefined, NAME, NAME_SAYS)),
  };
}

/** Names that are used must be there, and be there once. */
function checkReferences(config: ProvisioningConfig, reader: ConfigReader): void {
  const queues = new Map(config.message_queues.map((one) => [one.name, one]));
  for (const key of ['message_queues', 'pub_sub_topics', 'event_rules'] as const) {
    const seen = new Set<string>();
    for (const [index, { name }] of config[key].entries()) {
      if (seen.has(name)) reader.fault([key, index, 'name'], `"${name}" is there twice`);
      seen.add(name);
    }
  }
  for (const [index, { subscriptions, fifo }] of config.pub_sub_topics.entries()) {
    for (const [at, { queue: name }] of subscriptions.entries()) {
      const path = ['pub_sub_topics', index, 'subscriptions', at, 'queue'];
      const found = queues.get(name);
      if (!found) reader.fault(path, `there is no queue "${name}" in message_queues`);
      else if (fifo && !found.fifo)
        reader.fault(path, `queue "${name}" keeps no order, the topic does: make both fifo`);
    }
  }
  for (const [index, { targets }] of config.event_rules.entries()) {
    for (const [at, name] of targets.entries()) {
      if (!queues.has(name))
        reader.fault(['event_rules', index, 'targets', at], `there is no queue "${name}" in message_queues`);
    }
  }
}
