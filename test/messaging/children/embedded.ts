/** Runs an application in memory, prints what was loaded that should not be, and must end by itself. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LooseCouplingModule } from '../../../libs/loose-coupling/src/index.js';
import { defineCommand, defineEvent, MessageBus, OnEvent, OnRequest } from '../../../libs/loose-coupling/src/index.js';

const Placed = defineEvent<{ id: string }>('shop.order.placed');
const GetStock = defineCommand<{ sku: string }, number>('inventory.stock.get');

class Handlers {
  @OnEvent(Placed)
  on() {
    process.stdout.write('handled\n');
  }
  @OnRequest(GetStock)
  get({ sku }: { sku: string }) {
    return sku.length;
  }
}

@Module({
  imports: [LooseCouplingModule.forRoot(process.argv[2] ? JSON.parse(process.argv[2]) : {})],
  providers: [Handlers],
})
class AppModule {}

async function main() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const bus = app.get(MessageBus);
  await bus.publish(Placed, { id: '1' });
  process.stdout.write(`reply ${await bus.request(GetStock, { sku: 'abc' })}\n`);
  await bus.publish(Placed, { id: '2' }, { delay: 600_000 });
  await app.close();
  const unwanted = Object.keys(require.cache).filter((path) => /libsql|@aws-sdk|@nestjs.(cqrs|terminus)/.test(path));
  process.stdout.write(`closed ${JSON.stringify(unwanted)}\n`);
}

void main();
