import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type * as Iam from '@aws-sdk/client-iam';
import type * as Lambda from '@aws-sdk/client-lambda';
import type * as S3 from '@aws-sdk/client-s3';
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type * as CloudMap from '@aws-sdk/client-servicediscovery';
import type * as Sns from '@aws-sdk/client-sns';
import type * as Sqs from '@aws-sdk/client-sqs';
import type * as Ssm from '@aws-sdk/client-ssm';

/** Of a single call. */
export interface AwsCallOptions {
  readonly abortSignal?: AbortSignal;
}

type Call<Input, Output> = (input: Input, options?: AwsCallOptions) => Promise<Output>;

/** What is used of SQS. The SDK's `SQS` has this shape; so has a fake that fails on purpose. */
export interface SqsApi {
  readonly sendMessageBatch: Call<Sqs.SendMessageBatchCommandInput, Sqs.SendMessageBatchCommandOutput>;
  readonly receiveMessage: Call<Sqs.ReceiveMessageCommandInput, Sqs.ReceiveMessageCommandOutput>;
  readonly deleteMessageBatch: Call<Sqs.DeleteMessageBatchCommandInput, Sqs.DeleteMessageBatchCommandOutput>;
  readonly changeMessageVisibilityBatch: Call<
    Sqs.ChangeMessageVisibilityBatchCommandInput,
    Sqs.ChangeMessageVisibilityBatchCommandOutput
  >;
  readonly getQueueUrl: Call<Sqs.GetQueueUrlCommandInput, Sqs.GetQueueUrlCommandOutput>;
  readonly createQueue: Call<Sqs.CreateQueueCommandInput, Sqs.CreateQueueCommandOutput>;
  readonly deleteQueue: Call<Sqs.DeleteQueueCommandInput, Sqs.DeleteQueueCommandOutput>;
  readonly listQueues: Call<Sqs.ListQueuesCommandInput, Sqs.ListQueuesCommandOutput>;
  readonly getQueueAttributes: Call<Sqs.GetQueueAttributesCommandInput, Sqs.GetQueueAttributesCommandOutput>;
  readonly setQueueAttributes: Call<Sqs.SetQueueAttributesCommandInput, Sqs.SetQueueAttributesCommandOutput>;
  readonly tagQueue: Call<Sqs.TagQueueCommandInput, Sqs.TagQueueCommandOutput>;
  readonly listQueueTags: Call<Sqs.ListQueueTagsCommandInput, Sqs.ListQueueTagsCommandOutput>;
  destroy(): void;
}

/** What is used of SNS. */
export interface SnsApi {
  readonly publishBatch: Call<Sns.PublishBatchCommandInput, Sns.PublishBatchCommandOutput>;
  readonly createTopic: Call<Sns.CreateTopicCommandInput, Sns.CreateTopicCommandOutput>;
  readonly tagResource: Call<Sns.TagResourceCommandInput, Sns.TagResourceCommandOutput>;
  readonly listTopics: Call<Sns.ListTopicsCommandInput, Sns.ListTopicsCommandOutput>;
  readonly getTopicAttributes: Call<Sns.GetTopicAttributesCommandInput, Sns.GetTopicAttributesCommandOutput>;
  readonly subscribe: Call<Sns.SubscribeCommandInput, Sns.SubscribeCommandOutput>;
  readonly unsubscribe: Call<Sns.UnsubscribeCommandInput, Sns.UnsubscribeCommandOutput>;
  readonly listSubscriptionsByTopic: Call<
    Sns.ListSubscriptionsByTopicCommandInput,
    Sns.ListSubscriptionsByTopicCommandOutput
  >;
  readonly getSubscriptionAttributes: Call<
    Sns.GetSubscriptionAttributesCommandInput,
    Sns.GetSubscriptionAttributesCommandOutput
  >;
  readonly setSubscriptionAttributes: Call<
    Sns.SetSubscriptionAttributesCommandInput,
    Sns.SetSubscriptionAttributesCommandOutput
  >;
  destroy(): void;
}

/** What is used of EventBridge. */
export interface EventBridgeApi {
  readonly putEvents: Call<EventBridge.PutEventsCommandInput, EventBridge.PutEventsCommandOutput>;
  readonly describeEventBus: Call<EventBridge.DescribeEventBusCommandInput, EventBridge.DescribeEventBusCommandOutput>;
  readonly createEventBus: Call<EventBridge.CreateEventBusCommandInput, EventBridge.CreateEventBusCommandOutput>;
  readonly describeRule: Call<EventBridge.DescribeRuleCommandInput, EventBridge.DescribeRuleCommandOutput>;
  readonly putRule: Call<EventBridge.PutRuleCommandInput, EventBridge.PutRuleCommandOutput>;
  readonly deleteRule: Call<EventBridge.DeleteRuleCommandInput, EventBridge.DeleteRuleCommandOutput>;
  readonly putTargets: Call<EventBridge.PutTargetsCommandInput, EventBridge.PutTargetsCommandOutput>;
  readonly removeTargets: Call<EventBridge.RemoveTargetsCommandInput, EventBridge.RemoveTargetsCommandOutput>;
  readonly listTargetsByRule: Call<
    EventBridge.ListTargetsByRuleCommandInput,
    EventBridge.ListTargetsByRuleCommandOutput
  >;
  destroy(): void;
}

/** What is used of S3, for messages that are too large to be sent. */
export interface S3Api {
  readonly putObject: Call<S3.PutObjectCommandInput, S3.PutObjectCommandOutput>;
  readonly getObject: Call<S3.GetObjectCommandInput, S3.GetObjectCommandOutput>;
  destroy(): void;
}

/** What is used of Cloud Map. */
export interface CloudMapApi {
  readonly discoverInstances: Call<CloudMap.DiscoverInstancesCommandInput, CloudMap.DiscoverInstancesCommandOutput>;
  destroy(): void;
}

/** What is used of Systems Manager. */
export interface SsmApi {
  readonly getParameter: Call<Ssm.GetParameterCommandInput, Ssm.GetParameterCommandOutput>;
  readonly getParametersByPath: Call<Ssm.GetParametersByPathCommandInput, Ssm.GetParametersByPathCommandOutput>;
  destroy(): void;
}

/** What is used of Secrets Manager. */
export interface SecretsManagerApi {
  readonly getSecretValue: Call<SecretsManager.GetSecretValueCommandInput, SecretsManager.GetSecretValueCommandOutput>;
  destroy(): void;
}

/** What is used of Lambda. */
export interface LambdaApi {
  readonly getFunction: Call<Lambda.GetFunctionCommandInput, Lambda.GetFunctionCommandOutput>;
  readonly createFunction: Call<Lambda.CreateFunctionCommandInput, Lambda.CreateFunctionCommandOutput>;
  readonly updateFunctionCode: Call<Lambda.UpdateFunctionCodeCommandInput, Lambda.UpdateFunctionCodeCommandOutput>;
  readonly updateFunctionConfiguration: Call<
    Lambda.UpdateFunctionConfigurationCommandInput,
    Lambda.UpdateFunctionConfigurationCommandOutput
  >;
  readonly deleteFunction: Call<Lambda.DeleteFunctionCommandInput, Lambda.DeleteFunctionCommandOutput>;
  destroy(): void;
}

/** What is used of Identity and Access Management. */
export interface IamApi {
  readonly getRole: Call<Iam.GetRoleCommandInput, Iam.GetRoleCommandOutput>;
  readonly createRole: Call<Iam.CreateRoleCommandInput, Iam.CreateRoleCommandOutput>;
  readonly deleteRole: Call<Iam.DeleteRoleCommandInput, Iam.DeleteRoleCommandOutput>;
  readonly getRolePolicy: Call<Iam.GetRolePolicyCommandInput, Iam.GetRolePolicyCommandOutput>;
  readonly putRolePolicy: Call<Iam.PutRolePolicyCommandInput, Iam.PutRolePolicyCommandOutput>;
  readonly deleteRolePolicy: Call<Iam.DeleteRolePolicyCommandInput, Iam.DeleteRolePolicyCommandOutput>;
  readonly updateAssumeRolePolicy: Call<
    Iam.UpdateAssumeRolePolicyCommandInput,
    Iam.UpdateAssumeRolePolicyCommandOutput
  >;
  destroy(): void;
}

/** What is used of CloudWatch. */
export interface CloudWatchApi {
  readonly describeAlarms: Call<CloudWatch.DescribeAlarmsCommandInput, CloudWatch.DescribeAlarmsCommandOutput>;
  readonly putMetricAlarm: Call<CloudWatch.PutMetricAlarmCommandInput, CloudWatch.PutMetricAlarmCommandOutput>;
  readonly deleteAlarms: Call<CloudWatch.DeleteAlarmsCommandInput, CloudWatch.DeleteAlarmsCommandOutput>;
  destroy(): void;
}
