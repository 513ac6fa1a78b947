import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineEvent, MessageBus, OnEvent } from 'nestjs-loose-coupling';
import { LooseCouplingTestingModule, MessageProbe } from 'nestjs-loose-coupling/testing';

declare const it: (name: string, test: () => Promise<void>) => void;

const OrderPlaced = defineEvent<{ orderId: string }>('shop.order.placed', { version: 1 });

@Injectable()
class StockReactions {
  @OnEvent(OrderPlaced)
  reserve(): void {}
}

@Module({ imports: [LooseCouplingTestingModule.forRoot()], providers: [StockReactions] })
class AppModule {}

it('is seen to consume what was published', async () => {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  await app.get(MessageBus).publish(OrderPlaced, { orderId: '10248' });
  const { data } = await app.get(MessageProbe).consumed(OrderPlaced);
  assert.deepEqual(data, { orderId: '10248' });
  await app.close();
});
