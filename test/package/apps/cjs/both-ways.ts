import assert from 'node:assert/strict';
import { MessageBus } from 'nestjs-loose-coupling';
import { placeAnOrder } from './shop.js';

async function main(): Promise<void> {
  const imported = await import('nestjs-loose-coupling');
  assert.equal(imported.MessageBus, MessageBus, 'the process has two copies of the library');
  await placeAnOrder();
}

void main();
