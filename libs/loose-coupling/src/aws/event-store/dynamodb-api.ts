import type * as Sdk from '@aws-sdk/client-dynamodb';

type Call<Input, Output> = (input: Input) => Promise<Output>;

export type AttributeValue = Sdk.AttributeValue;
export type Item = Record<string, AttributeValue>;

/** What is used of DynamoDB. The SDK's `DynamoDB` has this shape; so has a fake that fails on purpose. */
export interface DynamoDbApi {
  readonly putItem: Call<Sdk.PutItemCommandInput, Pick<Sdk.PutItemCommandOutput, 'Attributes'>>;
  readonly getItem: Call<Sdk.GetItemCommandInput, Pick<Sdk.GetItemCommandOutput, 'Item'>>;
  readonly batchGetItem: Call<
    Sdk.BatchGetItemCommandInput,
    Pick<Sdk.BatchGetItemCommandOutput, 'Responses' | 'UnprocessedKeys'>
  >;
  readonly query: Call<Sdk.QueryCommandInput, Pick<Sdk.QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>>;
  /** Of data keys only. */
  readonly scan: Call<Sdk.ScanCommandInput, Pick<Sdk.ScanCommandOutput, 'Items' | 'LastEvaluatedKey'>>;
  readonly updateItem: Call<Sdk.UpdateItemCommandInput, Pick<Sdk.UpdateItemCommandOutput, 'Attributes'>>;
  readonly transactWriteItems: Call<Sdk.TransactWriteItemsCommandInput, unknown>;
  readonly describeTable: Call<Sdk.DescribeTableCommandInput, Pick<Sdk.DescribeTableCommandOutput, 'Table'>>;
  readonly createTable: Call<Sdk.CreateTableCommandInput, Pick<Sdk.CreateTableCommandOutput, 'TableDescription'>>;
  readonly updateTimeToLive: Call<Sdk.UpdateTimeToLiveCommandInput, unknown>;
  destroy(): void;
}

export type TransactAction = Sdk.TransactWriteItem;
export type TableDescription = Sdk.TableDescription;

/** What stands in the way of one action of a transaction. */
export interface CancellationReason {
  readonly Code?: string;
  readonly Item?: Item;
}
