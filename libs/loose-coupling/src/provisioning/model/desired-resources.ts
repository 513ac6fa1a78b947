import type { ProvisioningConfig, QueueConfig, RuleConfig, TopicConfig } from '../config/provisioning-config.js';
import { circuitBreakerCode, type FunctionCode } from '../function/function-code.js';
import { alarmResources } from './alarm-resources.js';
import { circuitBreakerResources } from './circuit-breaker-resources.js';
import { PhysicalNames } from './physical-names.js';
import { arnIn, arnOf, type DesiredResource, type ResourceProperties } from './resource.js';

const DLQ_RETENTION = '1209600';

/**
 * What a file asks for, in the order it is made.
 * @param code what the circuit breaker function runs. Default: the bundle of this package
 */
export function desiredResources(
  config: ProvisioningConfig,
  code: () => FunctionCode = circuitBreakerCode,
): DesiredResource[] {
  const names = new PhysicalNames(config);
  return [
    ...config.message_queues.flatMap((queue) => queueResources(queue, config, names)),
    ...config.pub_sub_topics.map((topic) => topicResource(topic, names)),
    ...config.pub_sub_topics.flatMap((topic) => subscriptionResources(topic, names)),
    { kind: 'bus', name: names.bus, of: config.event_bus, properties: {} } as const,
    ...config.event_rules.map((rule) => ruleResource(rule, names)),
    ...circuitBreakerResources(config.circuit_breaker, names, code),
    ...alarmResources(config, names),
  ];
}

function queueResources(queue: QueueConfig, config: ProvisioningConfig, names: PhysicalNames): DesiredResource[] {
  const { name, fifo, kms_key_id: key } = queue;
  const deadLetters = names.deadLetters(name);
  const common = { ...(fifo && { FifoQueue: 'true' }), ...(key !== undefined && { KmsMasterKeyId: key }) };
  const policy = queuePolicy(name, names.queue(name), config, names);
  // What a topic or a rule cannot deliver goes there too.
  const deadLetterPolicy = queuePolicy(name, deadLetters, config, names);
  return [
    {
      kind: 'queue',
      name: deadLetters,
      of: `${name} (dead letters)`,
      properties: {
        ...common,
        MessageRetentionPeriod: DLQ_RETENTION,
        ...(deadLetterPolicy && { Policy: deadLetterPolicy }),
      },
    },
    {
      kind: 'queue',
      name: names.queue(name),
      of: name,
      properties: {
        ...common,
        VisibilityTimeout: String(queue.visibility_timeout_seconds),
        MessageRetentionPeriod: String(queue.message_retention_seconds),
        ReceiveMessageWaitTimeSeconds: '20',
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: arnOf('queue', deadLetters),
          maxReceiveCount: queue.max_receive_count,
        }),
        ...(policy && { Policy: policy }),
      },
    },
  ];
}

/** Who may send to a queue, which is made before its senders: one statement for each service, so that AWS's limits are far. */
function queuePolicy(
  queue: string,
  physical: string,
  config: ProvisioningConfig,
  names: PhysicalNames,
): string | undefined {
  const topics = config.pub_sub_topics
    .filter(({ subscriptions }) => subscriptions.some((subscription) => subscription.queue === queue))
    .map(({ name, fifo }) => `${arnIn('sns')}:${names.of(name, fifo)}`);
  const rules = config.event_rules
    .filter(({ targets }) => targets.includes(queue))
    .map(({ name }) => `${arnIn('events')}:rule/${names.bus}/${names.of(name)}`);
  const Statement = [
    ...(topics.length > 0 ? [allow('sns', topics, physical)] : []),
    ...(rules.length > 0 ? [allow('events', rules, physical)] : []),
  ];
  return Statement.length === 0 ? undefined : JSON.stringify({ Version: '2012-10-17', Statement });
}

const allow = (service: 'sns' | 'events', sources: readonly string[], queue: string) => ({
  Sid: `loose-coupling-${service}`,
  Effect: 'Allow',
  Principal: { Service: `${service}.amazonaws.com` },
  Action: 'sqs:SendMessage',
  Resource: `${arnIn('sqs')}:${queue}`,
  Condition: { ArnLike: { 'aws:SourceArn': sources.toSorted() } },
});

const topicResource = ({ name, fifo, kms_key_id: key }: TopicConfig, names: PhysicalNames): DesiredResource => ({
  kind: 'topic',
  name: names.of(name, fifo),
  of: name,
  properties: {
    DisplayName: `${name} Topic`,
    ...(fifo && { FifoTopic: 'true' }),
    ...(key !== undefined && { KmsMasterKeyId: key }),
  },
});

function subscriptionResources(topic: TopicConfig, names: PhysicalNames): DesiredResource[] {
  const topicName = names.of(topic.name, topic.fifo);
  return topic.subscriptions.map(({ queue, filter_policy: filter, filter_policy_scope: scope }) => {
    const queueName = names.queue(queue);
    const properties: ResourceProperties = {
      RawMessageDelivery: 'true',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('queue', names.deadLetters(queue)) }),
      ...(filter && { FilterPolicy: JSON.stringify(filter) }),
      ...(filter && scope === 'MessageBody' && { FilterPolicyScope: scope }),
    };
    return {
      kind: 'subscription',
      name: `${topicName} to ${queueName}`,
      of: `${topic.name} to ${queue}`,
      properties,
      parents: { topic: topicName, queue: queueName },
    };
  });
}

function ruleResource({ name, event_pattern: pattern, targets }: RuleConfig, names: PhysicalNames): DesiredResource {
  const list = targets.toSorted().map((queue) => ({
    Id: queue,
    Arn: arnOf('queue', names.queue(queue)),
    // EventBridge takes no ordered queue for dead letters.
    ...(names.queue(queue).endsWith('.fifo')
      ? { SqsParameters: { MessageGroupId: name } }
      : { DeadLetterConfig: { Arn: arnOf('queue', names.deadLetters(queue)) } }),
  }));
  return {
    kind: 'rule',
    name: names.of(name),
    of: name,
    properties: {
      EventPattern: JSON.stringify(pattern),
      Description: `Event rule for ${name}`,
      State: 'ENABLED',
      Targets: JSON.stringify(list),
    },
    parents: { bus: names.bus },
  };
}
