import type { ResourceDrivers } from '../../provisioning/index.js';
import type { AwsClients } from '../clients/aws-clients.js';
import { CircuitTableDriver } from './circuit-table.driver.js';
import { EventBusDriver } from './event-bus.driver.js';
import { provisioningApis } from './provisioning-apis.js';
import { QueueDriver } from './queue.driver.js';
import { RuleDriver } from './rule.driver.js';
import { SubscriptionDriver } from './subscription.driver.js';
import { TopicDriver } from './topic.driver.js';

/** How each kind of resource is read and written. Clients stay the caller's to close. */
export function awsDrivers(clients: AwsClients, tags: Readonly<Record<string, string>>): ResourceDrivers {
  const apis = provisioningApis(clients, tags);
  return {
    queue: new QueueDriver(apis),
    topic: new TopicDriver(apis),
    subscription: new SubscriptionDriver(apis),
    bus: new EventBusDriver(apis),
    rule: new RuleDriver(apis),
    table: new CircuitTableDriver(apis),
  };
}
