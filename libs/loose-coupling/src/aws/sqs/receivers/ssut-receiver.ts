import type { Message } from '@aws-sdk/client-sqs';
import type { ReceiveOptions } from '../../../messaging/index.js';
import type { SqsApi } from '../../clients/aws-apis.js';
import { ReceiveCalls } from './receive-calls.js';
import type { ReceiveRequest } from './receive-request.js';
import { ReceiveSignals } from './receive-signals.js';
import type { SqsReceiver } from './sqs-receiver.js';
import { SsutConsumer } from './ssut-consumer.js';
import type { SsutPackage } from './ssut-package.loader.cjs';

/**
 * Receives by consumers of @ssut/nestjs-sqs, of which there are as many as the engine has receives under way at most. The engine
 * pulls and they push: a poll of theirs that finds no receive to serve waits for one.
 */
export class SsutReceiver implements SqsReceiver {
  private readonly calls: ReceiveCalls;
  private readonly signals = new ReceiveSignals();
  private readonly consumers = new Set<SsutConsumer>();
  /** Polls that wait for a receive. */
  private readonly idle: ((request: ReceiveRequest | undefined) => void)[] = [];
  /** Receives that wait for a poll. */
  private readonly waiting = new Set<ReceiveRequest>();
  /** Receives that have no answer, and consumers that have not stopped. */
  private readonly underWay = new Set<Promise<unknown>>();
  private asked = 0;

  constructor(
    private readonly ssut: SsutPackage,
    api: Pick<SqsApi, 'receiveMessage'>,
    fifo: boolean,
  ) {
    this.calls = new ReceiveCalls(api, fifo);
  }

  receive(url: string, options: ReceiveOptions): Promise<readonly Message[]> {
    const answer = this.signals.run(options.signal, async (signal) => {
      if (signal.aborted) return [];
      this.asked += 1;
      try {
        return await new Promise<readonly Message[]>((resolve, reject) => {
          this.ask({ url, options, signal, resolve, reject });
        });
      } finally {
        this.asked -= 1;
      }
    });
    this.track(answer);
    return answer;
  }

  async close(): Promise<void> {
    this.signals.end();
    for (const poll of this.idle.splice(0)) poll(undefined);
    for (const consumer of this.consumers) this.drop(consumer);
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private ask(request: ReceiveRequest): void {
    const poll = this.idle.shift();
    if (poll) {
      poll(request);
      return;
    }
    this.waiting.add(request);
    request.signal.addEventListener('abort', () => this.giveUp(request), { once: true });
    if (this.asked > this.consumers.size) this.open(request.url);
  }

  /** No poll came for as long as the engine waited: those that ought to have come are stuck. */
  private giveUp(request: ReceiveRequest): void {
    if (!this.waiting.delete(request)) return;
    request.resolve([]);
    for (const consumer of this.consumers) if (!consumer.isPolling) this.drop(consumer);
  }

  private open(url: string): void {
    const consumer: SsutConsumer = new SsutConsumer({
      ssut: this.ssut,
      url,
      nextRequest: () => this.nextRequest(consumer),
      receive: ({ url: queue, options, signal }) => this.calls.receive(queue, options, signal),
    });
    this.consumers.add(consumer);
    consumer.started.catch((error: unknown) => {
      this.drop(consumer);
      for (const request of this.waiting) request.reject(error);
      this.waiting.clear();
    });
  }

  private async nextRequest(consumer: SsutConsumer): Promise<ReceiveRequest | undefined> {
    if (!this.consumers.has(consumer)) return undefined;
    for (const request of this.waiting) {
      this.waiting.delete(request);
      return request;
    }
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private drop(consumer: SsutConsumer): void {
    this.consumers.delete(consumer);
    this.track(consumer.stop());
  }

  private track(work: Promise<unknown>): void {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.underWay.add(settled);
    void settled.then(() => this.underWay.delete(settled));
  }
}
