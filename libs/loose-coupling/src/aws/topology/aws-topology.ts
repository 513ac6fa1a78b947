import type { Topology } from '../../messaging/index.js';
import { deadLetterQueueName } from '../../messaging/index.js';
import type { AwsTransportOptions } from '../transport/aws-transport.options.js';
import { isQueueMissing } from './aws-error-names.js';
import { goesOverBus, routesOf, type EventRoute } from './event-routes.js';
import { ReplyQueueKeeper } from './reply-queue-keeper.js';
import { RuleResources } from './rule-resources.js';
import { TopicResources } from './topic-resources.js';
import { TopologyCreator } from './topology-creator.js';
import type { TopologySettings } from './topology-settings.js';
import { TopologyValidator } from './topology-validator.js';

/** What the application has on AWS: made, checked, or taken as it is. */
export class AwsTopology {
  private readonly creator: TopologyCreator;
  private readonly replyQueues: ReplyQueueKeeper;
  /** By queue, for the day that it is deleted. */
  private readonly routes = new Map<string, EventRoute[]>();
  private topics: TopicResources | undefined;

  constructor(
    private readonly settings: TopologySettings,
    private readonly mode: NonNullable<AwsTransportOptions['provision']> = 'none',
  ) {
    this.creator = new TopologyCreator(settings);
    this.replyQueues = new ReplyQueueKeeper(settings.clients.sqs(), settings.clock);
  }

  /** @throws {TopologyMismatchError} with `provision: 'validate'` */
  async provision(topology: Topology): Promise<void> {
    for (const route of routesOf(topology, this.settings.eventBus)) {
      this.routes.set(route.queue, [...(this.routes.get(route.queue) ?? []), route]);
    }
    if (this.mode === 'create') await this.creator.apply(topology);
    else if (this.mode === 'validate') await new TopologyValidator(this.settings).check(topology);
  }

  /** Where an event is published that goes over SNS; nothing when there is no such topic. */
  async topicArn(name: string, fifo: boolean): Promise<string | undefined> {
    if (this.mode === 'create') return this.creator.topic(name, fifo);
    this.topics ??= new TopicResources(this.settings.clients.sns());
    return this.topics.find(this.settings.names.topic(name, fifo));
  }

  /** The physical name of a bus, which is made where things are made. */
  async busName(name: string): Promise<string> {
    const physical = this.settings.names.bus(name);
    if (this.mode === 'create') await this.creator.bus(physical);
    return physical;
  }

  /** Whether events of this kind go over the bus of this application. */
  goesOverBus(fifo: boolean): boolean {
    return goesOverBus(fifo, this.settings.eventBus);
  }

  /**
   * Makes the queue of one instance for replies, whatever the mode: its name is known to nobody before. Queues of instances
   * that died are removed on the way.
   */
  async openReplyQueue(name: string, visibilityTimeout: number): Promise<void> {
    const { names, clients, tags } = this.settings;
    const physical = names.queue(name);
    const { QueueUrl: url = '' } = await clients.sqs().createQueue({
      QueueName: physical,
      Attributes: { VisibilityTimeout: String(Math.ceil(visibilityTimeout / 1_000)), MessageRetentionPeriod: '3600' },
      tags: { ...tags, ...this.replyQueues.tags },
    });
    this.replyQueues.keep(url);
    void this.replyQueues.sweep(names.queue(name.slice(0, name.indexOf('-replies-') + '-replies-'.length)));
  }

  /** Removes a queue with what sends to it. Nothing happens when there is none. */
  async deleteQueue(name: string): Promise<void> {
    const { clients, names } = this.settings;
    try {
      const { QueueUrl: url = '' } = await clients.sqs().getQueueUrl({ QueueName: names.queue(name) });
      this.replyQueues.release(url);
      for (const route of this.routes.get(name) ?? []) await this.removeRoute(route, url);
      await clients.sqs().deleteQueue({ QueueUrl: url });
    } catch (error) {
      if (!isQueueMissing(error)) throw error;
    }
    this.routes.delete(name);
    this.creator.forget(name);
    this.creator.forget(deadLetterQueueName(name));
  }

  async listQueues(): Promise<string[]> {
    const { clients, names } = this.settings;
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await clients.sqs().listQueues({
        MaxResults: 1_000,
        ...(names.prefix !== undefined && { QueueNamePrefix: `${names.prefix}-` }),
        ...(token && { NextToken: token }),
      });
      for (const url of page.QueueUrls ?? []) found.push(url.slice(url.lastIndexOf('/') + 1));
      token = page.NextToken;
    } while (token);
    return found.flatMap((physical) => names.logicalQueue(physical) ?? []).sort();
  }

  close(): void {
    this.replyQueues.close();
  }

  private async removeRoute({ by, topic, fifo, queue }: EventRoute, url: string): Promise<void> {
    const { clients, names, tags, eventBus = 'default' } = this.settings;
    if (by === 'rule') {
      await new RuleResources(clients.eventBridge(), tags).remove(names.bus(eventBus), names.rule(queue, topic));
      return;
    }
    const arn = await this.topicArn(topic, fifo);
    if (arn === undefined) return;
    const topics = new TopicResources(clients.sns());
    const { Attributes } = await clients.sqs().getQueueAttributes({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    const subscription = await topics.subscriptionOf(arn, Attributes?.['QueueArn'] ?? '');
    if (subscription !== undefined) await topics.unsubscribe(subscription);
  }
}
