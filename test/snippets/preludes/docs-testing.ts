import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineEvent, MessageBus, OnEvent } from 'nestjs-loose-coupling';
import { FakeClock, LooseCouplingTestingModule, MessageProbe } from 'nestjs-loose-coupling/testing';

const OrderPlaced = defineEvent<{ orderId: string; total: number }>('shop.order.placed', { version: 1 });

@Injectable()
class StockReactions {
  @OnEvent(OrderPlaced)
  reserve(): void {}
}
