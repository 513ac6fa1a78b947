import assert from 'node:assert/strict';
import type { FakeClock } from '../../../testing/fake-clock.js';
import type { MessageQueue } from '../../core/message-queue.js';
import type { LocalBroker } from '../local-broker.js';
import { BrokerModel, type ModelMessage } from './broker-model.js';
import { DEAD_LETTER_QUEUES, QUEUES, type Step } from './broker-steps.js';

const MAX_RECEIVES = 3;

interface Held {
  readonly queue: string;
  readonly message: ModelMessage;
  /** Of the message, when it was received. */
  readonly receives: number;
  readonly receiptHandle: string;
}

/** Does the same to a broker and to the model, and compares every answer. */
export class BrokerComparison {
  private readonly model = new BrokerModel(QUEUES, MAX_RECEIVES, (queue) => DEAD_LETTER_QUEUES[queue]);
  private readonly held: Held[] = [];
  private sent = 0;

  constructor(
    private readonly broker: LocalBroker,
    private readonly clock: FakeClock,
  ) {}

  async run(steps: readonly Step[]): Promise<void> {
    for (const name of QUEUES) {
      const deadLetterQueue = DEAD_LETTER_QUEUES[name];
      await this.broker.createQueue({
        name,
        maxReceiveCount: MAX_RECEIVES,
        ...(deadLetterQueue && { deadLetterQueue }),
      });
    }
    for (const step of steps) await this.take(step);
    for (const name of QUEUES) await this.compareDepth(name);
  }

  private take(step: Step): Promise<unknown> {
    switch (step.kind) {
      case 'send':
        return this.send(step);
      case 'receive':
        return this.receive(step);
      case 'delete':
        return this.delete(step);
      case 'changeVisibility':
        return this.changeVisibility(step);
      case 'pass':
        return this.clock.advance(step.ms);
    }
  }

  private async send({ queue, group, delay, deduplicationId }: Step & { kind: 'send' }): Promise<void> {
    this.sent += 1;
    const body = `m${this.sent}`;
    const id = String(deduplicationId);
    const fifo = queue.endsWith('.fifo');
    this.model.send(queue, body, this.clock.now(), fifo ? { group, id } : { delay });
    const entry = fifo ? { body, groupId: group, deduplicationId: id } : { body, delay };
    assert.equal((await this.queue(queue).send([entry]))[0]?.ok, true);
  }

  private async receive({ queue, max, visibility }: Step & { kind: 'receive' }): Promise<void> {
    const received = await this.queue(queue).receive({ max, wait: 0, visibilityTimeout: visibility });
    const expected = this.model.receive(queue, max, visibility, this.clock.now());
    assert.deepEqual(
      received.map(({ body, receiveCount, groupId }) => [body, receiveCount, groupId]),
      expected.map(({ body, receives, group }) => [body, receives, group]),
    );
    expected.forEach((message, index) => {
      const receiptHandle = received[index]?.receiptHandle ?? '';
      this.held.push({ queue, message, receives: message.receives, receiptHandle });
    });
  }

  private async delete({ which }: Step & { kind: 'delete' }): Promise<void> {
    const held = this.held.at(-1 - which);
    if (!held) return;
    const { queue, message, receives, receiptHandle } = held;
    const ok = this.model.isLatest(queue, message, receives);
    assert.equal((await this.queue(queue).delete([receiptHandle]))[0]?.ok, ok);
    if (ok) this.model.delete(queue, message);
  }

  private async changeVisibility({ which, timeout }: Step & { kind: 'changeVisibility' }): Promise<void> {
    const held = this.held.at(-1 - which);
    if (!held) return;
    const { queue, message, receives, receiptHandle } = held;
    const now = this.clock.now();
    const ok = this.model.isLatest(queue, message, receives) && message.visibleAt > now;
    assert.equal((await this.queue(queue).changeVisibility([{ receiptHandle, timeout }]))[0]?.ok, ok);
    if (ok) message.visibleAt = now + timeout;
  }

  private async compareDepth(name: string): Promise<void> {
    const now = this.clock.now();
    const alive = (this.model.queues.get(name) ?? []).filter(({ expiresAt }) => expiresAt > now);
    const hidden = alive.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receives }) => receives > 0).length;
    assert.deepEqual(await this.queue(name).depth(), {
      available: alive.length - hidden.length,
      inFlight,
      delayed: hidden.length - inFlight,
    });
  }

  private queue(name: string): MessageQueue {
    return this.broker.queue(name);
  }
}
