import { closeAtOnce, closeInTurn, type Clock, SystemClock } from '../../kernel/index.js';
import {
  encodeEnvelope,
  fairGroupOf,
  fifoOrderOf,
  traceHeaderOf,
  type EntryResult,
  type MessageEnvelope,
  type MessageQueue,
  type MessagingSystems,
  MessageTransport,
  type OutgoingEvent,
  type QueueEntry,
  type ReceivedMessage,
  type Topology,
  type TransportAdapters,
  UnknownTopicError,
} from '../../messaging/index.js';
import { AwsEventBridgeAdapter } from '../adapters/aws-event-bridge.adapter.js';
import { AwsSnsAdapter } from '../adapters/aws-sns.adapter.js';
import { AwsSqsAdapter } from '../adapters/aws-sqs.adapter.js';
import type { AwsClientOptions } from '../aws-client-options.js';
import { AwsClients } from '../clients/aws-clients.js';
import { failureOf } from '../publishing/entry-results.js';
import { Turns } from '../publishing/turns.js';
import { UnderWay } from '../publishing/under-way.js';
import { ClaimCheck } from '../s3/claim-check.js';
import { chooseReceiver, type OpenReceiver } from '../sqs/receivers/choose-receiver.js';
import { AwsTopology } from '../topology/aws-topology.js';
import { isReplyQueue } from '../topology/is-reply-queue.js';
import { ResourceNames } from '../topology/resource-names.js';
import { AwsConnection } from './aws-connection.js';
import type { AwsTransportOptions } from './aws-transport.options.js';
import { ScheduledMessages } from './scheduled-messages.js';

export interface AwsTransportSettings extends AwsTransportOptions {
  /** Name of the service. */
  readonly service: string;
  readonly aws?: AwsClientOptions | undefined;
  readonly clock?: Clock;
  /** Whether this process receives at all. Default true. */
  readonly receives?: boolean;
}

interface Topic {
  readonly name: string;
  readonly fifo: boolean;
}

/** Commands go straight to queues of SQS, events over SNS, or over a bus of EventBridge. */
export class AwsTransport extends MessageTransport {
  override readonly maxMessageBytes = 1_048_576;
  private readonly clock: Clock;
  private readonly clients: AwsClients;
  private readonly names: ResourceNames;
  private readonly topology: AwsTopology;
  private readonly claimCheck: ClaimCheck | undefined;
  private readonly connections = new Map<string, AwsConnection>();
  private readonly scheduled: ScheduledMessages;
  private readonly openReceiver: OpenReceiver;
  private resumed: Promise<void> | undefined;
  private readonly claims = new Turns();
  private readonly underWay = new UnderWay();

  constructor(private readonly settings: AwsTransportSettings) {
    super();
    const { aws, prefix, claimCheck, clock = new SystemClock(), ...rest } = settings;
    this.clock = clock;
    this.openReceiver = chooseReceiver(settings.receiver);
    this.clients = new AwsClients(aws);
    this.names = new ResourceNames(prefix);
    this.claimCheck = claimCheck && new ClaimCheck(() => this.clients.s3(), claimCheck, clock);
    const claims = claimCheck !== undefined;
    this.topology = new AwsTopology(
      { ...rest, names: this.names, clients: this.clients, clock, claims },
      settings.provision,
    );
    this.scheduled = new ScheduledMessages({
      service: settings.service,
      clock,
      queue: (name) => this.queue(name),
      provision: (queues) => this.topology.provision(queues),
      publish: (topic, entry) => this.deliver(topic, entry).catch(failureOf),
    });
  }

  override get filtersReliably(): boolean {
    return false;
  }

  override get systems(): MessagingSystems {
    const events = this.settings.eventBus === undefined ? 'aws.sns' : 'aws.eventbridge';
    return { events, queues: 'aws_sqs', topics: 'aws.sns', buses: 'aws.eventbridge' };
  }

  override async provision(topology: Topology): Promise<void> {
    const replies = topology.queues.filter(({ name }) => isReplyQueue(name));
    for (const { name, visibilityTimeout } of replies) await this.topology.openReplyQueue(name, visibilityTimeout);
    const queues = topology.queues.filter((queue) => !replies.includes(queue));
    await this.topology.provision({ ...topology, queues });
    if (this.settings.receives !== false) await (this.resumed ??= this.scheduled.resume());
  }

  override async publish(events: readonly OutgoingEvent[]): Promise<EntryResult[]> {
    return Promise.all(events.map((event) => this.underWay.track(this.publishOne(event))));
  }

  override queue(name: string): MessageQueue {
    return this.connection().queue(name);
  }

  override open(message: ReceivedMessage, signal: AbortSignal): ReceivedMessage | Promise<ReceivedMessage> {
    const { claimCheck } = this;
    if (!claimCheck || !message.body.includes('dataref')) return message;
    return claimCheck.resolve(message.body, signal).then((body) => ({ ...message, body }));
  }

  /** What the queue is called on AWS. */
  physicalQueueName(name: string): string {
    return this.names.queue(name);
  }

  override async deleteQueue(name: string): Promise<void> {
    await this.connection().forget(name);
    await this.topology.deleteQueue(name);
  }

  override listQueues(): Promise<string[]> {
    return this.topology.listQueues();
  }

  override adapters(): TransportAdapters {
    return {
      sqs: new AwsSqsAdapter((connection) => this.connection(connection), this),
      sns: new AwsSnsAdapter((connection) => this.connection(connection), this.topology),
      eventBridge: new AwsEventBridgeAdapter((connection) => this.connection(connection), this.topology, this.settings),
    };
  }

  /** Sends what was given to it, ends receives, and lets the sockets go, whatever of it fails. */
  override close(): Promise<void> {
    return closeInTurn([
      () => this.topology.close(),
      () => this.scheduled.close(),
      () => this.underWay.settledWithin(SENDING_TIMEOUT, this.clock),
      () => closeAtOnce(this.connections.values()),
      () => this.clients.close(),
    ]);
  }

  /** As soon as it is ready and those before it in its group were sent: one whose data goes to a bucket first must not be overtaken. */
  private async publishOne(event: OutgoingEvent): Promise<EntryResult> {
    const prepared = this.prepare(event);
    const group = `${event.topic} ${fifoOrderOf(event.envelope).groupId}`;
    const send = await (event.fifo ? this.claims.next(group, prepared) : prepared);
    return send();
  }

  private async prepare({
    topic: name,
    envelope,
    fifo,
    delay = 0,
  }: OutgoingEvent): Promise<() => Promise<EntryResult>> {
    try {
      const topic = { name, fifo };
      const body = await this.encode(topic, envelope);
      // The id, so that a retry of whoever publishes is recognised too.
      const order = fifo ? fifoOrderOf(envelope) : fairGroupOf(envelope);
      const entry = { body, ...order };
      return delay > 0
        ? () => this.scheduled.toTopic(topic, entry, delay).catch(failureOf)
        : () => this.deliver(topic, entry).catch(failureOf);
    } catch (error) {
      return async () => failureOf(error);
    }
  }

  private async encode(topic: Topic, envelope: MessageEnvelope): Promise<string> {
    if (!this.claimCheck) return encodeEnvelope(envelope);
    const limit = this.topology.goesOverBus(topic.fifo)
      ? MAX_DETAIL_BYTES
      : await this.connection().sns.maxMessageBytes(await this.arnOf(topic));
    return this.claimCheck.encode(envelope, limit);
  }

  private async deliver(topic: Topic, { body, groupId, deduplicationId }: QueueEntry): Promise<EntryResult> {
    if (this.topology.goesOverBus(topic.fifo)) {
      const { source, type: detailType, time, traceparent } = JSON.parse(body) as MessageEnvelope;
      const bus = this.names.bus(this.settings.eventBus ?? 'default');
      const event = { source, detailType, detail: body, time: Date.parse(time), ...traceHeaderOf({ traceparent }) };
      return withoutValue(await this.connection().eventBridge.put(bus, [event]));
    }
    const notification = {
      message: body,
      ...(groupId !== undefined && { groupId }),
      ...(deduplicationId !== undefined && { deduplicationId }),
    };
    return withoutValue(await this.connection().sns.publish(await this.arnOf(topic), [notification]));
  }

  private async arnOf({ name, fifo }: Topic): Promise<string> {
    const arn = await this.topology.topicArn(name, fifo);
    if (arn === undefined) throw new UnknownTopicError(this.names.topic(name, fifo));
    return arn;
  }

  private connection(name?: string): AwsConnection {
    const known = this.connections.get(name ?? '');
    if (known) return known;
    const { clients, names, claimCheck, clock, settings, openReceiver } = this;
    const connection = new AwsConnection({
      clients,
      names,
      claimCheck,
      clock,
      settings,
      openReceiver,
      connection: name,
      schedule: (queue, entry) => this.scheduled.toQueue(queue, entry).catch(failureOf),
    });
    this.connections.set(name ?? '', connection);
    return connection;
  }
}

/** Milliseconds: a minute for the bucket, and one for the destination. */
const SENDING_TIMEOUT = 120_000;

/** What EventBridge delivers is larger than what was put: its own envelope must fit into the queue as well. */
const MAX_DETAIL_BYTES = 998_000;

function withoutValue([result]: readonly EntryResult<unknown>[]): EntryResult {
  if (!result) return { ok: false, error: new Error('AWS gave no result for an event'), permanent: false };
  return result.ok ? { ok: true, value: undefined } : result;
}
