import { RESOURCE_KINDS, type DesiredResource, type ResourceKind } from '../model/resource.js';

const TYPES: Readonly<Record<ResourceKind, string>> = {
  queue: 'AWS::SQS::Queue',
  topic: 'AWS::SNS::Topic',
  subscription: 'AWS::SNS::Subscription',
  bus: 'AWS::Events::EventBus',
  rule: 'AWS::Events::Rule',
  table: 'AWS::DynamoDB::Table',
  role: 'AWS::IAM::Role',
  function: 'AWS::Lambda::Function',
  alarm: 'AWS::CloudWatch::Alarm',
};
const ARN: Readonly<Record<ResourceKind, (id: string) => object>> = {
  queue: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  topic: (id) => ({ Ref: id }),
  subscription: (id) => ({ Ref: id }),
  bus: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  rule: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  table: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  role: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  function: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  alarm: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
};
const NUMBERS = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'MemorySize',
  'Timeout',
  'EvaluationPeriods',
  'Period',
  'Threshold',
];
const FLAGS = ['FifoQueue', 'FifoTopic', 'RawMessageDelivery', 'ActionsEnabled'];
const WHOLE_TOKEN = /^\{\{(\w+):([^{}]+)\}\}$/;
const PSEUDO: Readonly<Record<string, string>> = {
  '{{aws:partition}}': '${AWS::Partition}',
  '{{aws:region}}': '${AWS::Region}',
  '{{aws:account}}': '${AWS::AccountId}',
};

/** The same resources as a CloudFormation template. */
export function cloudFormationOf(resources: readonly DesiredResource[]): object {
  const template: Record<string, object> = {};
  for (const resource of resources) {
    const id = idOf(resource.kind, resource.name);
    template[id] = { Type: TYPES[resource.kind], Properties: propertiesOf(resource) };
    const policy = resource.properties['Policy'];
    if (resource.kind === 'queue' && policy !== undefined) {
      const Properties = { Queues: [{ Ref: id }], PolicyDocument: intrinsic(JSON.parse(policy)) };
      template[`${id}Policy`] = { Type: 'AWS::SQS::QueuePolicy', Properties };
    }
  }
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: template };
}

const idOf = (kind: ResourceKind, name: string): string =>
  `${kind}-${name}`.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());

function propertiesOf({ kind, name, properties, parents, code }: DesiredResource): object {
  const { Policy: policy = '{}', CodeSha256: _hash, ...given } = properties;
  const set = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, valueOf(key, value)]));
  switch (kind) {
    case 'queue':
      return { QueueName: name, ...set };
    case 'topic':
      return { TopicName: name, ...set };
    case 'bus':
      return { Name: name };
    case 'rule':
      return { Name: name, EventBusName: { Ref: idOf('bus', parents?.bus ?? '') }, ...set };
    case 'subscription':
      return {
        Protocol: 'sqs',
        TopicArn: ARN.topic(idOf('topic', parents?.topic ?? '')),
        Endpoint: ARN.queue(idOf('queue', parents?.queue ?? '')),
        ...set,
      };
    case 'table':
      return {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'service_name', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'service_name', KeyType: 'HASH' }],
      };
    case 'role':
      return {
        RoleName: name,
        ...set,
        Policies: [{ PolicyName: name, PolicyDocument: intrinsic(JSON.parse(policy)) }],
      };
    case 'function':
      // CloudFormation makes index.js of it.
      return {
        FunctionName: name,
        ...set,
        Environment: { Variables: set['Environment'] },
        Code: { ZipFile: code?.source },
      };
    case 'alarm':
      return { AlarmName: name, ...set };
  }
}

function valueOf(key: string, value: string): unknown {
  if (NUMBERS.includes(key)) return Number(value);
  if (FLAGS.includes(key)) return value === 'true';
  return /^(?:\[|\{(?!\{))/.test(value) ? intrinsic(JSON.parse(value)) : intrinsic(value);
}

/** Puts CloudFormation's references where ARNs are. */
function intrinsic(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(intrinsic);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, intrinsic(item)]));
  }
  if (typeof value !== 'string') return value;
  const [, kind, name] = WHOLE_TOKEN.exec(value) ?? [];
  const known = RESOURCE_KINDS.find((one) => one === kind);
  if (known && name !== undefined) return ARN[known](idOf(known, name));
  if (!value.includes('{{aws:')) return value;
  return { 'Fn::Sub': Object.entries(PSEUDO).reduce((text, [token, pseudo]) => text.replaceAll(token, pseudo), value) };
}
