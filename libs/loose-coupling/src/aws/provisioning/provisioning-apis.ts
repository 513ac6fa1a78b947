import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { SNS } from '@aws-sdk/client-sns';
import type { SQS } from '@aws-sdk/client-sqs';
import type { CloudWatchApi, IamApi, LambdaApi } from '../clients/aws-apis.js';
import type { AwsClients } from '../clients/aws-clients.js';

/** The whole clients, as provisioning calls more of them than messaging does. */
export interface ProvisioningApis {
  readonly sqs: SQS;
  readonly sns: SNS;
  readonly events: EventBridge;
  readonly dynamoDb: DynamoDB;
  readonly lambda: LambdaApi;
  readonly iam: IamApi;
  readonly cloudWatch: CloudWatchApi;
  readonly tags: Readonly<Record<string, string>>;
}

/** Each client is made, and its package loaded, when something of its service is first read. */
export const provisioningApis = (clients: AwsClients, tags: Readonly<Record<string, string>>): ProvisioningApis => ({
  get sqs() {
    return clients.sqs() as unknown as SQS;
  },
  get sns() {
    return clients.sns() as unknown as SNS;
  },
  get events() {
    return clients.eventBridge() as unknown as EventBridge;
  },
  get dynamoDb() {
    return clients.dynamoDb() as unknown as DynamoDB;
  },
  get lambda() {
    return clients.lambda();
  },
  get iam() {
    return clients.iam();
  },
  get cloudWatch() {
    return clients.cloudWatch();
  },
  tags,
});

export const tagList = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Undefined when AWS says that there is none. */
export async function unless<Result>(
  isMissing: (error: unknown) => boolean,
  call: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Every page of a listing. */
export async function* pagesOf<Page extends { NextToken?: string | undefined }>(
  read: (next: { NextToken?: string }) => Promise<Page>,
): AsyncGenerator<Page> {
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await read(token === undefined ? {} : { NextToken: token });
    yield page;
    token = page.NextToken;
  }
}

export const unchangeable = (name: string, properties: Readonly<Record<string, string>>): never => {
  throw new Error(
    `${name}: AWS cannot change ${Object.keys(properties).join(', ')}; remove it first, or give it another name`,
  );
};
