import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { MessageBus } from 'nestjs-loose-coupling';
import { placeAnOrder } from './shop.js';

const required = createRequire(import.meta.url)('nestjs-loose-coupling') as typeof import('nestjs-loose-coupling');
assert.equal(required.MessageBus, MessageBus, 'the process has two copies of the library');
await placeAnOrder();
