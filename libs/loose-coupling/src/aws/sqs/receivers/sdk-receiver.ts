import type { Message } from '@aws-sdk/client-sqs';
import type { ReceiveOptions } from '../../../messaging/index.js';
import type { SqsApi } from '../../clients/aws-apis.js';
import { ReceiveCalls } from './receive-calls.js';
import { ReceiveSignals } from './receive-signals.js';
import type { SqsReceiver } from './sqs-receiver.js';

/** Receives by the SDK alone. */
export class SdkReceiver implements SqsReceiver {
  private readonly calls: ReceiveCalls;
  private readonly signals = new ReceiveSignals();

  constructor(api: Pick<SqsApi, 'receiveMessage'>, fifo: boolean) {
    this.calls = new ReceiveCalls(api, fifo);
  }

  receive(url: string, options: ReceiveOptions): Promise<readonly Message[]> {
    return this.signals.run(options.signal, (signal) => this.calls.receive(url, options, signal));
  }

  async close(): Promise<void> {
    this.signals.end();
  }
}
