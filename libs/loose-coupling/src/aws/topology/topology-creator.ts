import type { QueueSpecification, Topology } from '../../messaging/index.js';
import { filterPolicyOf, rulePatternOf } from './event-filters.js';
import { goesOverBus, routesOf, type EventRoute } from './event-routes.js';
import { OnceEach } from './once-each.js';
import { QueueResources, type QueueResource } from './queue-resources.js';
import { parseArn } from './resource-names.js';
import { RuleResources } from './rule-resources.js';
import { TopicResources } from './topic-resources.js';
import type { TopologySettings } from './topology-settings.js';

/** As long as SQS keeps anything: somebody has to look at what is here first. */
const DEAD_LETTER_RETENTION = 14 * 24 * 3_600_000;

interface RoutedQueue {
  readonly queue: QueueResource;
  readonly deadLetters: QueueResource | undefined;
}

/** Makes what is missing and widens what is there; what was made once is not asked for again. */
export class TopologyCreator {
  private readonly made = new OnceEach();
  private readonly queues: QueueResources;

  constructor(private readonly settings: TopologySettings) {
    this.queues = new QueueResources(settings.clients.sqs(), settings.clock);
  }

  private get topics(): TopicResources {
    return (this.ownTopics ??= new TopicResources(this.settings.clients.sns()));
  }
  private ownTopics: TopicResources | undefined;

  private get rules(): RuleResources {
    return (this.ownRules ??= new RuleResources(this.settings.clients.eventBridge(), this.settings.tags));
  }
  private ownRules: RuleResources | undefined;

  async apply(topology: Topology): Promise<void> {
    const { eventBus, names } = this.settings;
    const byName = new Map(topology.queues.map((queue) => [queue.name, queue]));
    const [queues] = await Promise.all([
      Promise.all(topology.queues.map((queue) => this.queue(queue, byName))),
      ...(topology.buses ?? []).map((bus) => this.bus(names.bus(bus))),
      ...topology.topics.map(({ name, fifo }) =>
        goesOverBus(fifo, eventBus) ? this.bus(names.bus(eventBus)) : this.topic(name, fifo),
      ),
    ]);
    const made = new Map(topology.queues.map(({ name }, index) => [name, queues[index] as QueueResource]));
    await this.route(routesOf(topology, eventBus), (name) => {
      const deadLetterQueue = byName.get(name)?.deadLetterQueue;
      return {
        queue: made.get(name),
        deadLetters: deadLetterQueue === undefined ? undefined : made.get(deadLetterQueue),
      };
    });
  }

  topic(name: string, fifo: boolean): Promise<string> {
    const { names } = this.settings;
    return this.topics.create(names.topic(name, fifo), fifo, this.settings);
  }

  /** What was made for a queue that is gone has to be made again with it. */
  forget(queue: string): void {
    this.made.forget((key) => key.split(' ')[1] === queue);
  }

  private queue(queue: QueueSpecification, all: ReadonlyMap<string, QueueSpecification>): Promise<QueueResource> {
    return this.made.run(`queue ${queue.name} ${JSON.stringify(queue)}`, async () => {
      const { names, tags, kmsKeyId } = this.settings;
      const { deadLetterQueue, name, ...rest } = queue;
      const isTarget = [...all.values()].some((other) => other.deadLetterQueue === name);
      const target = deadLetterQueue === undefined ? undefined : all.get(deadLetterQueue);
      // Its dead-letter queue first: from then on no message can be received too often and have no place to go.
      const deadLetters = target && (await this.queue(target, all));
      return this.queues.ensure(names.queue(name), {
        ...rest,
        ...(deadLetters && { deadLetterArn: deadLetters.arn }),
        ...(isTarget && { retention: DEAD_LETTER_RETENTION }),
        ...(tags && { tags }),
        ...(kmsKeyId !== undefined && { kmsKeyId }),
      });
    });
  }

  /** By its physical name. */
  bus(name: string): Promise<void> {
    return this.made.run(`bus ${name}`, async () => {
      if (!name.startsWith('arn:') && name !== 'default') await this.rules.ensureBus(name);
    });
  }

  /** Queues let topics and rules in before these send anything: what a queue refuses is lost. */
  private async route(
    routes: readonly EventRoute[],
    find: (queue: string) => { queue: QueueResource | undefined; deadLetters: QueueResource | undefined },
  ): Promise<void> {
    const byQueue = new Map<string, EventRoute[]>();
    for (const route of routes) byQueue.set(route.queue, [...(byQueue.get(route.queue) ?? []), route]);
    await Promise.all(
      Array.from(byQueue, async ([name, all]) => {
        const { queue, deadLetters } = find(name);
        if (!queue) throw new Error(`Events are routed to queue ${name}, which is not among those to be made`);
        await this.made.run(`routes ${name} ${JSON.stringify(all)}`, () => this.routeTo({ queue, deadLetters }, all));
      }),
    );
  }

  private async routeTo(target: RoutedQueue, routes: readonly EventRoute[]): Promise<void> {
    const topics = routes.filter(({ by }) => by === 'topic');
    const rules = routes.filter(({ by }) => by === 'rule');
    const topicArns = await Promise.all(topics.map(({ topic, fifo }) => this.topic(topic, fifo)));
    const ruleArns = await Promise.all(rules.map((route) => this.rule(route)));
    for (const { url } of [target.queue, ...(target.deadLetters ? [target.deadLetters] : [])]) {
      if (topicArns.length > 0) await this.queues.allow(url, 'sns', topicArns, this.anyOf(topicArns[0]));
      if (ruleArns.length > 0) await this.queues.allow(url, 'events', ruleArns, this.anyOf(ruleArns[0]));
    }
    const arns = { queueArn: target.queue.arn, deadLetterArn: target.deadLetters?.arn };
    await Promise.all([
      ...topics.map(({ filter }, index) =>
        this.topics.subscribe(topicArns[index] as string, arns.queueArn, {
          filterPolicy: filter && filterPolicyOf(filter, this.settings.claims),
          deadLetterArn: arns.deadLetterArn,
        }),
      ),
      ...rules.map(({ queue, topic }) =>
        this.rules.putTarget(this.busName, this.settings.names.rule(queue, topic), arns),
      ),
    ]);
  }

  private rule({ queue, topic, filter }: EventRoute): Promise<string> {
    const { names, service } = this.settings;
    const description = `${topic} to queue ${queue}, for service ${service}`;
    return this.rules.putRule(
      this.busName,
      names.rule(queue, topic),
      rulePatternOf(topic, filter, this.settings.claims),
      description,
    );
  }

  private get busName(): string {
    const { names, eventBus = 'default' } = this.settings;
    return names.bus(eventBus);
  }

  /** `arn:aws:sns:eu-west-1:123456789012:prod-*`, for policies that would grow too long. */
  private anyOf(arn = ''): string {
    const { partition, service, region, account, resource } = parseArn(arn);
    const { prefix } = this.settings.names;
    const folder = resource.slice(0, resource.lastIndexOf('/') + 1);
    return `arn:${partition}:${service}:${region}:${account}:${folder}${prefix === undefined ? '' : `${prefix}-`}*`;
  }
}
