import type { Abstract, DynamicModule, Provider, Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DeadLetterQueues, MessageBus, MessageTransport, type DeadLetterMessage } from 'nestjs-loose-coupling';
import {
  LooseCouplingTestingModule,
  MessageProbe,
  type LooseCouplingTestingOptions,
} from 'nestjs-loose-coupling/testing';

export interface StartOptions extends LooseCouplingTestingOptions {
  readonly providers?: Provider[];
  readonly controllers?: Type[];
  readonly imports?: (DynamicModule | Type)[];
}

/** A running application with everything in memory. */
export interface RunningApp {
  readonly app: TestingModule;
  readonly bus: MessageBus;
  readonly probe: MessageProbe;
  readonly transport: MessageTransport;
  readonly deadLetters: DeadLetterQueues;
  get<T>(token: Type<T> | Abstract<T> | string, options?: { strict: boolean }): T;
  close(): Promise<void>;
  /** Resolves with the first dead letter of a queue, once there is one. */
  deadLetter(queue: string): Promise<DeadLetterMessage>;
}

const running = new Set<TestingModule>();

export async function startApp(options: StartOptions = {}): Promise<RunningApp> {
  const { providers = [], controllers = [], imports = [], ...rest } = options;
  const app = await Test.createTestingModule({
    imports: [LooseCouplingTestingModule.forRoot({ logger: false, ...rest }), ...imports],
    providers,
    controllers,
  }).compile();
  await app.init();
  running.add(app);
  const transport = app.get(MessageTransport);
  const deadLetters = app.get(DeadLetterQueues);
  return {
    app,
    bus: app.get(MessageBus),
    probe: app.get(MessageProbe),
    transport,
    deadLetters,
    get: (token, options) => (options ? app.get(token, options) : app.get(token)),
    close: async () => {
      running.delete(app);
      await app.close();
    },
    deadLetter: async (queue) => {
      const source = transport.queue(`${queue}-dlq`);
      const [message] = await source.receive({ max: 1, wait: 5_000 });
      if (!message) throw new Error(`No dead letter came to ${queue}-dlq`);
      await source.changeVisibility([{ receiptHandle: message.receiptHandle, timeout: 0 }]);
      const [letter] = await deadLetters.peek(queue, { limit: 1 });
      return letter as DeadLetterMessage;
    },
  };
}

/** For `afterEach`. */
export async function closeApps(): Promise<void> {
  for (const app of running) await app.close();
  running.clear();
}
