import type { ProvisioningConfig, QueueConfig, RuleConfig, TopicConfig } from '../config/provisioning-config.js';
import { arnOf, type DesiredResource, type ResourceProperties } from './resource.js';

const DLQ_RETENTION = '1209600';

/** What a file asks for, in the order it is made. */
export function desiredResources(config: ProvisioningConfig): DesiredResource[] {
  const names = new Names(config);
  return [
    ...config.message_queues.flatMap((queue) => queueResources(queue, config, names)),
    ...config.pub_sub_topics.map((topic) => topicResource(topic, names)),
    ...config.pub_sub_topics.flatMap((topic) => subscriptionResources(topic, names)),
    { kind: 'bus', name: names.bus, of: 'events', properties: {} } as const,
    ...config.event_rules.map((rule) => ruleResource(rule, names)),
    ...(config.circuit_breaker
      ? [{ kind: 'table', name: names.of('circuit-breaker'), of: 'circuit-breaker', properties: {} } as const]
      : []),
  ];
}

class Names {
  constructor(private readonly config: ProvisioningConfig) {}

  of(name: string, fifo = false): string {
    const { project_name: project, deployment_stage: stage } = this.config;
    return `${project}-${name}-${stage}${fifo ? '.fifo' : ''}`;
  }

  queue(name: string): string {
    return this.of(name, this.config.message_queues.find((queue) => queue.name === name)?.fifo);
  }

  get bus(): string {
    return this.of('events');
  }
}

function queueResources(queue: QueueConfig, config: ProvisioningConfig, names: Names): DesiredResource[] {
  const { name, fifo, kms_key_id: key } = queue;
  const deadLetters = names.of(`${name}-dlq`, fifo);
  const common = { ...(fifo && { FifoQueue: 'true' }), ...(key !== undefined && { KmsMasterKeyId: key }) };
  const policy = queuePolicy(name, config, names);
  return [
    {
      kind: 'queue',
      name: deadLetters,
      of: `${name} (dead letters)`,
      properties: { ...common, MessageRetentionPeriod: DLQ_RETENTION },
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

/** Account and region are known from the dead-letter queue, which is made first. */
const arnIn = (service: string): string => `arn:{{aws:partition}}:${service}:{{aws:region}}:{{aws:account}}`;

/** Who may send to a queue, which is made before its senders: one statement for each service, so that AWS's limits are far. */
function queuePolicy(queue: string, config: ProvisioningConfig, names: Names): string | undefined {
  const topics = config.pub_sub_topics
    .filter(({ subscriptions }) => subscriptions.some((subscription) => subscription.queue === queue))
    .map(({ name, fifo }) => `${arnIn('sns')}:${names.of(name, fifo)}`);
  const rules = config.event_rules
    .filter(({ targets }) => targets.includes(queue))
    .map(({ name }) => `${arnIn('events')}:rule/${names.bus}/${names.of(name)}`);
  const Statement = [
    ...(topics.length > 0 ? [allow('sns', topics, names.queue(queue))] : []),
    ...(rules.length > 0 ? [allow('events', rules, names.queue(queue))] : []),
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

const topicResource = ({ name, fifo, kms_key_id: key }: TopicConfig, names: Names): DesiredResource => ({
  kind: 'topic',
  name: names.of(name, fifo),
  of: name,
  properties: {
    DisplayName: `${name} Topic`,
    ...(fifo && { FifoTopic: 'true' }),
    ...(key !== undefined && { KmsMasterKeyId: key }),
  },
});

function subscriptionResources(topic: TopicConfig, names: Names): DesiredResource[] {
  const topicName = names.of(topic.name, topic.fifo);
  return topic.subscriptions.map(({ queue, filter_policy: filter }) => {
    const queueName = names.queue(queue);
    const properties: ResourceProperties = {
      RawMessageDelivery: 'true',
      ...(filter && { FilterPolicy: JSON.stringify(filter) }),
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

function ruleResource({ name, event_pattern: pattern, targets }: RuleConfig, names: Names): DesiredResource {
  const list = targets.toSorted().map((queue) => ({
    Id: queue,
    Arn: arnOf('queue', names.queue(queue)),
    ...(names.queue(queue).endsWith('.fifo') && { SqsParameters: { MessageGroupId: name } }),
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
