import type { QueueSpecification, Topology } from '../../messaging/index.js';
import { TopologyMismatchError } from '../errors/topology-mismatch.error.js';
import { filterPolicyOf, rulePatternOf } from './event-filters.js';
import { goesOverBus, routesOf, type EventRoute } from './event-routes.js';
import { QueueResources, redrivePolicyOf, type QueueResource } from './queue-resources.js';
import { RuleResources } from './rule-resources.js';
import { TopicResources } from './topic-resources.js';
import type { TopologySettings } from './topology-settings.js';

/** Looks whether everything is there, and as it should be. Changes nothing. */
export class TopologyValidator {
  private readonly queues: QueueResources;

  constructor(private readonly settings: TopologySettings) {
    this.queues = new QueueResources(settings.clients.sqs(), settings.clock);
  }

  /** @throws {TopologyMismatchError} with everything that was found */
  async check(topology: Topology): Promise<void> {
    const { names, eventBus } = this.settings;
    const found = new Map(
      await Promise.all(
        topology.queues.map(async ({ name }) => [name, await this.queues.find(names.queue(name))] as const),
      ),
    );
    const faults = topology.queues.flatMap((queue) => this.faultsOfQueue(queue, found));
    const routes = routesOf(topology, eventBus);
    for (const route of routes) faults.push(...(await this.faultsOfRoute(route, found)));
    const routed = new Set(routes.map(({ topic }) => topic));
    for (const { name, fifo } of topology.topics) {
      if (!routed.has(name)) faults.push(...(await this.faultsOfDestination(name, fifo)));
    }
    if (faults.length > 0) throw new TopologyMismatchError([...new Set(faults)]);
  }

  private faultsOfQueue(
    { name, visibilityTimeout, deadLetterQueue, maxReceiveCount }: QueueSpecification,
    found: ReadonlyMap<string, QueueResource | undefined>,
  ): string[] {
    const { names } = this.settings;
    const physical = names.queue(name);
    const queue = found.get(name);
    if (!queue) return [`queue ${physical}: is missing`];
    const faults: string[] = [];
    const seconds = Math.ceil(visibilityTimeout / 1_000);
    const there = Number(queue.attributes['VisibilityTimeout']);
    if (there < seconds) faults.push(`queue ${physical}: VisibilityTimeout is ${there}, expected at least ${seconds}`);
    if (deadLetterQueue !== undefined) {
      const redrive = redrivePolicyOf(queue);
      if (!redrive)
        faults.push(`queue ${physical}: has no dead-letter queue, expected ${names.queue(deadLetterQueue)}`);
      else if (redrive.maxReceiveCount < Math.min(maxReceiveCount, 1_000)) {
        faults.push(
          `queue ${physical}: maxReceiveCount is ${redrive.maxReceiveCount}, expected at least ${maxReceiveCount}, or messages leave it before their last attempt`,
        );
      }
    }
    return faults;
  }

  private async faultsOfRoute(
    route: EventRoute,
    found: ReadonlyMap<string, QueueResource | undefined>,
  ): Promise<string[]> {
    const queue = found.get(route.queue);
    if (!queue) return [];
    return route.by === 'rule' ? this.faultsOfRule(route, queue) : this.faultsOfSubscription(route, queue);
  }

  private async faultsOfSubscription({ topic, fifo, filter, queue: name }: EventRoute, queue: QueueResource) {
    const { names, clients } = this.settings;
    const topics = new TopicResources(clients.sns());
    const arn = await topics.find(names.topic(topic, fifo));
    if (arn === undefined) return [`topic ${names.topic(topic, fifo)}: is missing`];
    const faults = this.queues
      .refused(queue, 'sns', [arn])
      .map((source) => `queue ${names.queue(name)}: its policy does not let ${source} in`);
    const subscription = await topics.subscriptionOf(arn, queue.arn);
    if (subscription === undefined)
      return [...faults, `topic ${names.topic(topic, fifo)}: ${names.queue(name)} is not subscribed`];
    const wanted = { filterPolicy: filter && filterPolicyOf(filter, this.settings.claims), deadLetterArn: undefined };
    const differences = await topics.differences(subscription, wanted);
    return [
      ...faults,
      ...differences.map((attribute) => `subscription ${subscription}: ${attribute} is not as expected`),
    ];
  }

  private async faultsOfRule({ queue: name, topic, filter }: EventRoute, queue: QueueResource): Promise<string[]> {
    const { names, clients, tags, eventBus = 'default' } = this.settings;
    const rules = new RuleResources(clients.eventBridge(), tags);
    const rule = names.rule(name, topic);
    const bus = names.bus(eventBus);
    if ((await rules.findBus(bus)) === undefined) return [`bus ${bus}: is missing`];
    const target = { queueArn: queue.arn, deadLetterArn: undefined };
    const differences = await rules.differences(bus, rule, rulePatternOf(topic, filter, this.settings.claims), target);
    return differences.map((difference) => `rule ${rule} of bus ${bus}: ${difference}`);
  }

  /** Of an event that is only published here. */
  private async faultsOfDestination(name: string, fifo: boolean): Promise<string[]> {
    const { names, clients, tags, eventBus } = this.settings;
    if (goesOverBus(fifo, eventBus)) {
      const bus = names.bus(eventBus);
      const there = await new RuleResources(clients.eventBridge(), tags).findBus(bus);
      return there === undefined ? [`bus ${bus}: is missing`] : [];
    }
    const topic = names.topic(name, fifo);
    const there = await new TopicResources(clients.sns()).find(topic);
    return there === undefined ? [`topic ${topic}: is missing`] : [];
  }
}
