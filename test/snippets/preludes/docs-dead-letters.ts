import { Injectable } from '@nestjs/common';
import { defineEvent, OnDeadLetter, type DeadLetterQueues, type MessageContext } from 'nestjs-loose-coupling';

const OrderPlaced = defineEvent<{ orderId: string }>('shop.order.placed', { version: 1 });
declare const deadLetters: DeadLetterQueues;
