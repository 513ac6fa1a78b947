import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureHttp } from '@shop/http';
import { AppModule as InventoryModule } from '../../apps/inventory/src/app.module.js';
import { AppModule as OrderModule } from '../../apps/order/src/app.module.js';

/** Both services in this process, on free ports, with data of their own that goes when they do. */
export interface Shop {
  readonly order: NestExpressApplication;
  readonly inventory: NestExpressApplication;
  readonly orderUrl: string;
  readonly inventoryUrl: string;
  close(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'loose-coupling-shop-'));
  const before = process.env['LOOSE_COUPLING_DATA_DIR'];
  process.env['LOOSE_COUPLING_DATA_DIR'] = dataDir;
  const inventory = await listen(InventoryModule);
  process.env['INVENTORY_URL'] = inventory.url;
  const order = await listen(OrderModule);
  delete process.env['INVENTORY_URL'];
  return {
    order: order.app,
    inventory: inventory.app,
    orderUrl: order.url,
    inventoryUrl: inventory.url,
    close: async () => {
      await Promise.all([order.app.close(), inventory.app.close()]);
      if (before === undefined) delete process.env['LOOSE_COUPLING_DATA_DIR'];
      else process.env['LOOSE_COUPLING_DATA_DIR'] = before;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function listen(
  module: new () => unknown,
  wantedPort = 0,
): Promise<{ app: NestExpressApplication; url: string }> {
  const app = await NestFactory.create<NestExpressApplication>(module, { logger: ['error', 'warn'] });
  configureHttp(app, 'Test', '');
  await app.listen(wantedPort, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}
