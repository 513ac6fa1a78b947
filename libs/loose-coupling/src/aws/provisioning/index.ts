import type { ResourceDrivers } from '../../provisioning/index.js';
import type { AwsClientOptions } from '../aws-client-options.js';
import { AwsClients } from '../clients/aws-clients.js';
import { AlarmDriver } from './alarm.driver.js';
import { CircuitTableDriver } from './circuit-table.driver.js';
import { EventBusDriver } from './event-bus.driver.js';
import { FunctionDriver } from './function.driver.js';
import { provisioningApis } from './provisioning-apis.js';
import { QueueDriver } from './queue.driver.js';
import { RoleDriver } from './role.driver.js';
import { RuleDriver } from './rule.driver.js';
import { SubscriptionDriver } from './subscription.driver.js';
import { TopicDriver } from './topic.driver.js';

/** How each kind of resource is read and written, until it is closed. */
export interface AwsProvisioning {
  readonly drivers: ResourceDrivers;
  close(): void;
}

/** @throws {MissingPackageError} when a client of the AWS SDK is not installed */
export function openAwsProvisioning(
  options: AwsClientOptions,
  tags: Readonly<Record<string, string>> = {},
): AwsProvisioning {
  const clients = new AwsClients(options);
  const apis = provisioningApis(clients, tags);
  const drivers = {
    queue: new QueueDriver(apis),
    topic: new TopicDriver(apis),
    subscription: new SubscriptionDriver(apis),
    bus: new EventBusDriver(apis),
    rule: new RuleDriver(apis),
    table: new CircuitTableDriver(apis),
    role: new RoleDriver(apis),
    function: new FunctionDriver(apis),
    alarm: new AlarmDriver(apis),
  };
  return { drivers, close: () => clients.close() };
}
