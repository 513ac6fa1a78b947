/** Runs handlers that fail in every way there is, with nobody listening for errors; must live to say what came after. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineCommand, LooseCouplingModule, MessageBus, OnCommand } from '../../../libs/loose-coupling/src/index.js';

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

@Module({ imports: [LooseCouplingModule.forRoot(JSON.parse(process.argv[2] ?? '{}'))], providers: [Handlers] })
class AppModule {}

async function main() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  for (const how of HOW) await app.get(MessageBus).send(Import, { how });
}

void main();
