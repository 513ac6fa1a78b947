import type { Clock } from '../../kernel/index.js';
import type { EventBridgeApi, SnsApi, SqsApi } from '../clients/aws-apis.js';
import type { AwsTransportOptions } from '../transport/aws-transport.options.js';
import type { ResourceNames } from './resource-names.js';

/** Clients that are made when they are asked for; a service that is not used needs no package. */
export interface TopologyClients {
  sqs(): SqsApi;
  sns(): SnsApi;
  eventBridge(): EventBridgeApi;
}

export interface TopologySettings extends Pick<AwsTransportOptions, 'eventBus' | 'tags' | 'kmsKeyId'> {
  /** Name of the service, for the descriptions of rules and the tags of queues. */
  readonly service: string;
  readonly names: ResourceNames;
  /** Whether messages may have their data in a bucket. */
  readonly claims: boolean;
  readonly clients: TopologyClients;
  readonly clock: Clock;
}
