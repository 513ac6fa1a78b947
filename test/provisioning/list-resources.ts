import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { AwsAccess } from '../support/aws-emulator/index.js';

/** Everything on AWS whose name has this text, as AWS lists it: asked past the code that is tested. */
export async function listResources({ endpoint, region, credentials }: AwsAccess, part: string): Promise<string[]> {
  const connection = { endpoint, region, credentials };
  const sqs = new SQS(connection);
  const sns = new SNS(connection);
  const events = new EventBridge(connection);
  const dynamoDb = new DynamoDB(connection);
  const iam = new IAM(connection);
  const lambda = new Lambda(connection);
  const cloudWatch = new CloudWatch(connection);
  try {
    const { EventBuses = [] } = await events.listEventBuses({});
    const rules = await Promise.all(
      EventBuses.map(async ({ Name }) => (await events.listRules({ EventBusName: Name })).Rules ?? []),
    );
    const all = {
      queue: (await sqs.listQueues({ MaxResults: 1_000 })).QueueUrls ?? [],
      topic: ((await sns.listTopics({})).Topics ?? []).map(({ TopicArn }) => TopicArn),
      subscription: ((await sns.listSubscriptions({})).Subscriptions ?? []).map(({ Endpoint }) => Endpoint),
      bus: EventBuses.map(({ Name }) => Name),
      rule: rules.flat().map(({ Name }) => Name),
      table: (await dynamoDb.listTables({})).TableNames ?? [],
      role: ((await iam.listRoles({})).Roles ?? []).map(({ RoleName }) => RoleName),
      function: ((await lambda.listFunctions({})).Functions ?? []).map(({ FunctionName }) => FunctionName),
      alarm: ((await cloudWatch.describeAlarms({})).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName),
    };
    return Object.entries(all).flatMap(([kind, names]) =>
      names.flatMap((name) => (name?.includes(part) ? [`${kind} ${name.split(/[/:]/).at(-1)}`] : [])),
    );
  } finally {
    for (const client of [sqs, sns, events, dynamoDb, iam, lambda, cloudWatch]) client.destroy();
  }
}
