import { readConfig } from '../config/read-config.js';
import { functionCode } from '../function/function-code.js';
import { desiredResources } from '../model/desired-resources.js';
import { cloudFormationOf } from './cloud-formation.js';

describe('the CloudFormation template', () => {
  const config = readConfig(
    JSON.stringify({
      project_name: 'shop',
      message_queues: [{ name: 'orders', visibility_timeout_seconds: 45 }],
      pub_sub_topics: [{ name: 'news', subscriptions: [{ queue: 'orders', filter_policy: { kind: ['a'] } }] }],
      event_rules: [{ name: 'placed', event_pattern: { source: ['shop'] }, targets: ['orders'] }],
      alarms: { notify: ['news'] },
    }),
  );
  const code = () => functionCode('exports.handler = async () => 1;');
  const { Resources } = cloudFormationOf(desiredResources(config, code)) as {
    Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  };

  it('has everything that the file asks for, tied together by references', () => {
    expect(Resources).toMatchObject({
      QueueShopOrdersDev: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 45,
          RedrivePolicy: {
            deadLetterTargetArn: { 'Fn::GetAtt': ['QueueShopOrdersDlqDev', 'Arn'] },
            maxReceiveCount: 3,
          },
        },
      },
      QueueShopOrdersDevPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'QueueShopOrdersDev' }] },
      },
      TopicShopNewsDev: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'news Topic' } },
      SubscriptionShopNewsDevToShopOrdersDev: {
        Properties: { TopicArn: { Ref: 'TopicShopNewsDev' }, RawMessageDelivery: true, FilterPolicy: { kind: ['a'] } },
      },
      BusShopEventsDev: { Type: 'AWS::Events::EventBus' },
      RuleShopPlacedDev: {
        Properties: {
          EventPattern: { source: ['shop'] },
          Targets: [{ Arn: { 'Fn::GetAtt': ['QueueShopOrdersDev', 'Arn'] } }],
        },
      },
      TableShopCircuitBreakerDev: { Type: 'AWS::DynamoDB::Table' },
      RoleShopCircuitBreakerDev: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'shop-circuit-breaker-dev',
          AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
          Policies: [
            {
              PolicyDocument: {
                Statement: [{ Resource: [{ 'Fn::GetAtt': ['TableShopCircuitBreakerDev', 'Arn'] }] }, {}],
              },
            },
          ],
        },
      },
      FunctionShopCircuitBreakerDev: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: 'exports.handler = async () => 1;' },
          Handler: 'index.handler',
          MemorySize: 256,
          Environment: { Variables: { CIRCUIT_BREAKER_TABLE: 'shop-circuit-breaker-dev' } },
          Role: { 'Fn::GetAtt': ['RoleShopCircuitBreakerDev', 'Arn'] },
        },
      },
      AlarmShopOrdersDeadLettersDev: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ActionsEnabled: true,
          AlarmActions: [{ Ref: 'TopicShopNewsDev' }],
          Dimensions: [{ Name: 'QueueName', Value: 'shop-orders-dlq-dev' }],
          Threshold: 0,
        },
      },
      AlarmShopOpenCircuitsDev: { Properties: { MetricName: 'OpenCircuits' } },
    });
  });

  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(Resources);
    expect(text).not.toContain('{{');
    expect(text).not.toContain('CodeSha256');
    for (const [, id = ''] of text.matchAll(/"(?:Ref":"|Fn::GetAtt":\[")(\w+)/g))
      expect(Object.keys(Resources)).toContain(id);
    expect(text).toContain('arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:shop-news-dev');
  });
});
