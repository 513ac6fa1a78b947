import 'reflect-metadata';
import assert from 'node:assert/strict';
import { IsString } from 'class-validator';
import { isLooseCouplingError } from 'nestjs-loose-coupling';
import { validateData } from 'nestjs-loose-coupling/messaging';

class OrderPlaced {
  @IsString()
  readonly orderId!: string;
}

/** class-validator is loaded on first use, by a file that is CommonJS in both builds. */
async function main(): Promise<void> {
  const check = async (data: unknown) => validateData(OrderPlaced, data, 'data of shop.order.placed');
  assert.equal((await check({ orderId: '10248' })).orderId, '10248');
  await assert.rejects(check({ orderId: 10248 }), isLooseCouplingError);
  console.log('data was checked');
}

void main();
