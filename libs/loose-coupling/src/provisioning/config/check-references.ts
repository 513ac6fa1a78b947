import { PhysicalNames } from '../model/physical-names.js';
import type { ConfigReader } from './config-reader.js';
import type { ProvisioningConfig } from './provisioning-config.js';

/** What the services allow; a queue's dead letters need a few more characters. */
const LONGEST = { message_queues: 80, pub_sub_topics: 256, event_rules: 64 } as const;
const LISTS = ['message_queues', 'pub_sub_topics', 'event_rules'] as const;
/** Of a Lambda function and of a role. */
const LONGEST_FUNCTION = 64;

/** Names that are used must be there, be there once, and not be too long for AWS. */
export function checkReferences(config: ProvisioningConfig, reader: ConfigReader): void {
  for (const key of LISTS) checkOnce(config, key, reader);
  checkDeadLetters(config, reader);
  checkLengths(config, reader);
  checkSubscriptions(config, reader);
  checkTargets(config, reader);
  checkAlarms(config, reader);
}

function checkOnce(config: ProvisioningConfig, key: (typeof LISTS)[number], reader: ConfigReader): void {
  const seen = new Set<string>();
  for (const [index, { name }] of config[key].entries()) {
    if (seen.has(name)) reader.fault([key, index, 'name'], `"${name}" is there twice`);
    seen.add(name);
  }
}

/** A queue of its name would be made twice, and its consumers would get dead letters. */
function checkDeadLetters(config: ProvisioningConfig, reader: ConfigReader): void {
  const names = new PhysicalNames(config);
  const deadLetters = new Map(config.message_queues.map(({ name }) => [names.deadLetters(name), name]));
  for (const [index, { name }] of config.message_queues.entries()) {
    const owner = deadLetters.get(names.queue(name));
    if (owner !== undefined)
      reader.fault(
        ['message_queues', index, 'name'],
        `"${name}" is what the dead-letter queue of "${owner}" is called`,
      );
  }
}

function checkLengths(config: ProvisioningConfig, reader: ConfigReader): void {
  const names = new PhysicalNames(config);
  const check = (path: readonly (string | number)[], name: string, most: number) => {
    if (name.length > most)
      reader.fault(path, `its name on AWS, ${name}, has ${name.length} characters; at most ${most} are allowed`);
  };
  for (const [index, { name }] of config.message_queues.entries())
    check(['message_queues', index, 'name'], names.deadLetters(name), LONGEST.message_queues);
  for (const [index, { name, fifo }] of config.pub_sub_topics.entries())
    check(['pub_sub_topics', index, 'name'], names.of(name, fifo), LONGEST.pub_sub_topics);
  for (const [index, { name }] of config.event_rules.entries())
    check(['event_rules', index, 'name'], names.of(name), LONGEST.event_rules);
  if (config.circuit_breaker?.function) check(['project_name'], names.circuitBreaker, LONGEST_FUNCTION);
}

function checkSubscriptions(config: ProvisioningConfig, reader: ConfigReader): void {
  const queues = new Map(config.message_queues.map((queue) => [queue.name, queue]));
  for (const [index, { subscriptions, fifo }] of config.pub_sub_topics.entries()) {
    for (const [at, { queue: name }] of subscriptions.entries()) {
      const path = ['pub_sub_topics', index, 'subscriptions', at, 'queue'];
      const found = queues.get(name);
      if (!found) reader.fault(path, `there is no queue "${name}" in message_queues`);
      else if (fifo && !found.fifo)
        reader.fault(path, `queue "${name}" keeps no order, the topic does: make both fifo`);
    }
  }
}

function checkTargets(config: ProvisioningConfig, reader: ConfigReader): void {
  const queues = new Set(config.message_queues.map(({ name }) => name));
  for (const [index, { targets }] of config.event_rules.entries()) {
    for (const [at, name] of targets.entries()) {
      if (!queues.has(name))
        reader.fault(['event_rules', index, 'targets', at], `there is no queue "${name}" in message_queues`);
    }
  }
}

function checkAlarms(
  { alarms, pub_sub_topics: topics, circuit_breaker: breaker }: ProvisioningConfig,
  reader: ConfigReader,
) {
  for (const [index, name] of (alarms?.notify ?? []).entries()) {
    const path = ['alarms', 'notify', index];
    const found = topics.find((topic) => topic.name === name);
    if (!found) reader.fault(path, `there is no topic "${name}" in pub_sub_topics`);
    else if (found.fifo) reader.fault(path, `topic "${name}" is fifo, which CloudWatch cannot notify`);
  }
  if (alarms?.open_circuits && !breaker?.function)
    reader.fault(['alarms', 'open_circuits'], 'the circuit breaker function counts open circuits, and there is none');
}
