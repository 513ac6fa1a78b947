import type * as Client from '@aws-sdk/client-dynamodb';
import type * as Lib from '@aws-sdk/lib-dynamodb';

/** What is used of the AWS SDK. */
export type DynamoDbSdk = Pick<
  typeof Client,
  'DynamoDBClient' | 'CreateTableCommand' | 'DescribeTableCommand' | 'ConditionalCheckFailedException'
> &
  Pick<typeof Lib, 'DynamoDBDocumentClient' | 'BatchGetCommand' | 'GetCommand' | 'PutCommand'>;

/**
 * Both packages are optional peers, so they load on first use. This file is CommonJS in both builds: a dynamic import
 * would fail under Jest, which runs without VM modules unless told to.
 */
export function loadDynamoDbSdk(onMissing: (packageName: string, cause: unknown) => Error): DynamoDbSdk {
  const load = <Package,>(packageName: string, loader: () => Package): Package => {
    try {
      return loader();
    } catch (error) {
      throw onMissing(packageName, error);
    }
  };
  const client: typeof Client = load('@aws-sdk/client-dynamodb', () => require('@aws-sdk/client-dynamodb'));
  const lib: typeof Lib = load('@aws-sdk/lib-dynamodb', () => require('@aws-sdk/lib-dynamodb'));
  const { DynamoDBClient, CreateTableCommand, DescribeTableCommand, ConditionalCheckFailedException } = client;
  const { DynamoDBDocumentClient, BatchGetCommand, GetCommand, PutCommand } = lib;
  return {
    DynamoDBClient,
    CreateTableCommand,
    DescribeTableCommand,
    ConditionalCheckFailedException,
    DynamoDBDocumentClient,
    BatchGetCommand,
    GetCommand,
    PutCommand,
  };
}
