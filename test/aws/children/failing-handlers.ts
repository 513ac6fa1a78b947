/** Runs handlers that fail in every way there is, with nobody listening for errors; must live to say what came after. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  defineCommand,
  LooseCouplingModule,
  MessageBus,
  OnCommand,
  SqsAdapter,
  SqsMessageHandler,
  type SqsMessage,
} from '../../../libs/loose-coupling/src/index.js';

const Import = defineCommand<{ how: string }>('shop.import');
const HOW = ['throws', 'rejects', 'rejects with nothing', 'fails in a callback it waits for', 'is fine'];

class Handlers {
  @OnCommand(Import, { concurrency: 1, retry: { maxAttempts: 1 } })
  import({ how }: { how: string }): Promise<void> | undefined {
    process.stdout.write(`${how}\n`);
    if (how === 'throws') throw new Error(how);
    if (how === 'rejects') return Promise.reject(new Error(how));
    if (how === 'rejects with nothing') return Promise.reject();
    if (how === 'is fine') return undefined;
    return new Promise((_, reject) => setImmediate(() => reject(new Error(how))));
  }
}

class Batches {
  @SqsMessageHandler('batches', true)
  async handle([message]: SqsMessage[]): Promise<void> {
    const attempt = Number(message?.Attributes?.['ApproximateReceiveCount']);
    process.stdout.write(`a batch, attempt ${attempt}\n`);
    if (attempt === 1) throw new Error('a batch');
  }
}

const options = JSON.parse(process.argv[2] ?? '{}');
const sqsConsumers = [{ name: 'batches', queue: 'batches', visibilityTimeout: 1_000 }];

@Module({ imports: [LooseCouplingModule.forRoot({ ...options, sqsConsumers })], providers: [Handlers, Batches] })
class AppModule {}

async function main() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  await app.get(SqsAdapter).send('batches', 'one');
  for (const how of HOW) await app.get(MessageBus).send(Import, { how });
}

void main();
