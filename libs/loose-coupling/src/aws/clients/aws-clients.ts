import { InvalidOptionsError, MissingPackageError, throwFailures } from '../../kernel/index.js';
import type { AwsClientOptions, AwsNamedConnectionOptions } from '../aws-client-options.js';
import { loadEventStoreSdk } from '../event-store/event-store-sdk.loader.cjs';
import type { DynamoDbApi } from '../event-store/dynamodb-api.js';
import type {
  CloudMapApi,
  CloudWatchApi,
  EventBridgeApi,
  IamApi,
  LambdaApi,
  S3Api,
  SecretsManagerApi,
  SnsApi,
  SqsApi,
  SsmApi,
} from './aws-apis.js';
import { loadCloudwatchSdk } from './cloudwatch-sdk.loader.cjs';
import { loadCredentialProviders } from './credential-providers.loader.cjs';
import { loadEventBridgeSdk } from './eventbridge-sdk.loader.cjs';
import { loadIamSdk } from './iam-sdk.loader.cjs';
import { loadLambdaSdk } from './lambda-sdk.loader.cjs';
import { loadS3Sdk } from './s3-sdk.loader.cjs';
import { loadSecretsManagerSdk } from './secrets-manager-sdk.loader.cjs';
import { loadServiceDiscoverySdk } from './servicediscovery-sdk.loader.cjs';
import { loadSnsSdk } from './sns-sdk.loader.cjs';
import { loadSqsSdk } from './sqs-sdk.loader.cjs';
import { loadSsmSdk } from './ssm-sdk.loader.cjs';

/** Each long poll holds a socket for up to 20 seconds; sending must not wait for them. */
const RECEIVING_SOCKETS = 500;
const SOCKETS = 100;

/**
 * The clients of one application: one for each service and connection, made on first use. Receiving from SQS has clients
 * of its own, so that long polls cannot keep sends from a socket.
 */
export class AwsClients {
  private readonly clients = new Map<string, { destroy(): void }>();

  constructor(private readonly options: AwsClientOptions = {}) {}

  /** @throws {MissingPackageError} @throws {InvalidOptionsError} for a connection that is not configured */
  sqs(connection?: string): SqsApi {
    return this.client('sqs', connection, (configuration) => {
      const { SQS } = load('@aws-sdk/client-sqs', loadSqsSdk);
      return new SQS({ ...configuration, ...sockets(SOCKETS), useQueueUrlAsEndpoint: this.usesQueueUrl(connection) });
    });
  }

  /** For long polls. */
  sqsReceiving(connection?: string): SqsApi {
    return this.client('sqs-receiving', connection, (configuration) => {
      const { SQS } = load('@aws-sdk/client-sqs', loadSqsSdk);
      const useQueueUrlAsEndpoint = this.usesQueueUrl(connection);
      return new SQS({ ...configuration, ...sockets(RECEIVING_SOCKETS), useQueueUrlAsEndpoint });
    });
  }

  sns(connection?: string): SnsApi {
    return this.client('sns', connection, (configuration) => {
      const { SNS } = load('@aws-sdk/client-sns', loadSnsSdk);
      return new SNS({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  eventBridge(connection?: string): EventBridgeApi {
    return this.client('eventbridge', connection, (configuration) => {
      const { EventBridge } = load('@aws-sdk/client-eventbridge', loadEventBridgeSdk);
      return new EventBridge({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  s3(connection?: string): S3Api {
    return this.client('s3', connection, (configuration) => {
      const { S3 } = load('@aws-sdk/client-s3', loadS3Sdk);
      // Emulators have no host name for each bucket.
      return new S3({ ...configuration, ...sockets(SOCKETS), forcePathStyle: configuration.endpoint !== undefined });
    });
  }

  /**
   * For event stores. The SDK puts its middleware together for each request anew, a fifth of a request's processor time, unless
   * told not to; requests of one kind then share a context, with an endpoint in it, which here is the same for all.
   */
  dynamoDb(connection?: string): DynamoDbApi {
    return this.client('dynamodb', connection, (configuration) => {
      const { DynamoDB } = load('@aws-sdk/client-dynamodb', loadEventStoreSdk);
      return new DynamoDB({ ...configuration, ...sockets(SOCKETS), cacheMiddleware: true });
    });
  }

  cloudMap(connection?: string): CloudMapApi {
    return this.client('cloud-map', connection, (configuration) => {
      const { ServiceDiscovery } = load('@aws-sdk/client-servicediscovery', loadServiceDiscoverySdk);
      // Without it the SDK asks `data-<host>`, which only AWS itself has.
      const disableHostPrefix = this.hasOwnEndpoint(connection);
      return new ServiceDiscovery({ ...configuration, ...sockets(SOCKETS), disableHostPrefix });
    });
  }

  ssm(connection?: string): SsmApi {
    return this.client('ssm', connection, (configuration) => {
      const { SSM } = load('@aws-sdk/client-ssm', loadSsmSdk);
      return new SSM({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  secretsManager(connection?: string): SecretsManagerApi {
    return this.client('secrets-manager', connection, (configuration) => {
      const { SecretsManager } = load('@aws-sdk/client-secrets-manager', loadSecretsManagerSdk);
      return new SecretsManager({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  lambda(connection?: string): LambdaApi {
    return this.client('lambda', connection, (configuration) => {
      const { Lambda } = load('@aws-sdk/client-lambda', loadLambdaSdk);
      return new Lambda({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  iam(connection?: string): IamApi {
    return this.client('iam', connection, (configuration) => {
      const { IAM } = load('@aws-sdk/client-iam', loadIamSdk);
      return new IAM({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  cloudWatch(connection?: string): CloudWatchApi {
    return this.client('cloudwatch', connection, (configuration) => {
      const { CloudWatch } = load('@aws-sdk/client-cloudwatch', loadCloudwatchSdk);
      return new CloudWatch({ ...configuration, ...sockets(SOCKETS) });
    });
  }

  /** Each, also when another one cannot be. */
  close(): void {
    const failures: unknown[] = [];
    for (const client of this.clients.values()) {
      try {
        client.destroy();
      } catch (error) {
        failures.push(error);
      }
    }
    this.clients.clear();
    throwFailures(failures);
  }

  private client<Client extends { destroy(): void }>(
    service: string,
    connection: string | undefined,
    make: (configuration: ClientConfiguration) => Client,
  ): Client {
    const key = `${service} ${connection ?? ''}`;
    let client = this.clients.get(key) as Client | undefined;
    if (!client) this.clients.set(key, (client = make(this.configuration(connection))));
    return client;
  }

  private configuration(connection: string | undefined): ClientConfiguration {
    const { connections = {}, ...given } = this.options;
    const base = withOwnCredentials(given);
    if (connection === undefined) return base;
    const named = Object.hasOwn(connections, connection) ? connections[connection] : undefined;
    if (!named) {
      const known = Object.keys(connections).join(', ') || 'none';
      throw new InvalidOptionsError('aws.connections', [`expected "${connection}"; there is ${known}`]);
    }
    const { roleArn, externalId, ...own } = named;
    const configuration = withOwnCredentials({ ...base, ...own });
    return roleArn === undefined
      ? configuration
      : { ...configuration, credentials: assumed({ roleArn, externalId }, configuration) };
  }

  /** With an endpoint of its own, a queue's URL may name a host that is not reached from here. */
  private usesQueueUrl(connection: string | undefined): boolean {
    return !this.hasOwnEndpoint(connection);
  }

  private hasOwnEndpoint(connection: string | undefined): boolean {
    const named = connection === undefined ? undefined : this.options.connections?.[connection];
    return (named?.endpoint ?? this.options.endpoint ?? process.env['AWS_ENDPOINT_URL']) !== undefined;
  }
}

/** The SDK writes into the object that it is given; the options are the user's. */
const withOwnCredentials = (configuration: ClientConfiguration): ClientConfiguration =>
  typeof configuration.credentials === 'object'
    ? { ...configuration, credentials: { ...configuration.credentials } }
    : configuration;

type ClientConfiguration = Pick<AwsClientOptions, 'region' | 'endpoint' | 'credentials'>;

function assumed(
  { roleArn, externalId }: Pick<AwsNamedConnectionOptions, 'roleArn' | 'externalId'>,
  { region, endpoint, credentials }: ClientConfiguration,
): () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }> {
  const { fromTemporaryCredentials } = load('@aws-sdk/credential-providers', loadCredentialProviders);
  return fromTemporaryCredentials({
    params: {
      RoleArn: roleArn as string,
      RoleSessionName: 'loose-coupling',
      ...(externalId && { ExternalId: externalId }),
    },
    ...(credentials && { masterCredentials: credentials }),
    clientConfig: { ...(region && { region }), ...(endpoint && { endpoint }) },
  });
}

const sockets = (maxSockets: number) => ({
  requestHandler: { httpAgent: { keepAlive: true, maxSockets }, httpsAgent: { keepAlive: true, maxSockets } },
});

function load<Sdk>(packageName: string, loader: () => Sdk): Sdk {
  try {
    return loader();
  } catch (cause) {
    throw new MissingPackageError(packageName, 'What is used of AWS here', { cause });
  }
}
