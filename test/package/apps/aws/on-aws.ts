import 'reflect-metadata';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import { defineEvent, LooseCouplingModule, MessageBus, OnEvent } from 'nestjs-loose-coupling';
import { AwsTransport } from 'nestjs-loose-coupling/aws';
import { EventStore } from 'nestjs-loose-coupling/event-sourcing';
import { SqsClient, SqsServer } from 'nestjs-loose-coupling/microservices';
import { lastValueFrom } from 'rxjs';

const [, , endpoint = ''] = process.argv;
const aws = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const prefix = `p${randomUUID().slice(0, 8)}`;
const OrderPlaced = defineEvent<{ orderId: string }>('shop.order.placed');

@Injectable()
class StockReactions {
  private handled: (event: { orderId: string }) => void = () => undefined;
  readonly first = new Promise<{ orderId: string }>((resolve) => (this.handled = resolve));

  @OnEvent(OrderPlaced)
  reserve(event: { orderId: string }): void {
    this.handled(event);
  }
}

@Module({
  imports: [
    LooseCouplingModule.forRoot({
      service: 'shop',
      aws,
      transport: { type: 'aws', prefix, provision: 'create' },
      store: { type: 'dynamodb', tablePrefix: prefix, provision: 'create' },
    }),
  ],
  providers: [StockReactions],
})
class AppModule {}

@Controller()
class StockController {
  @MessagePattern('inventory.stock.get')
  stock(@Payload() { sku }: { sku: string }): object {
    return { sku, onHand: 12 };
  }
}

@Module({ controllers: [StockController] })
class InventoryModule {}

async function publishAndHandle(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  await app.get(MessageBus).publish(OrderPlaced, { orderId: '10248' });
  assert.deepEqual(await app.get(StockReactions).first, { orderId: '10248' });
  const stored = await app.get(EventStore).appendToStream('order-10248', [{ type: 'placed', data: { total: 440 } }]);
  assert.equal(stored.nextExpectedVersion, 1);
  await app.close();
}

async function askAndAnswer(): Promise<void> {
  const transport = () => new AwsTransport({ type: 'aws', service: 'inventory', prefix, provision: 'create', aws });
  const strategy = new SqsServer({ queue: 'inventory', service: 'inventory', transport });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(InventoryModule, {
    strategy,
    logger: ['error', 'warn'],
  });
  await app.listen();
  const own = transport();
  const client = new SqsClient({ transport: own, queue: 'inventory', service: 'shop' });
  const answer: unknown = await lastValueFrom(client.send('inventory.stock.get', { sku: 'NW-011' }));
  assert.deepEqual(answer, { sku: 'NW-011', onHand: 12 });
  await client.close();
  await own.close();
  await app.close();
}

async function main(): Promise<void> {
  await publishAndHandle();
  await askAndAnswer();
  console.log('handled, stored and answered on AWS');
}

void main();
