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

/** @param environment for both services, as they start; what they read as they are loaded has to be there before */
export async function openShop(environment: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'loose-coupling-shop-'));
  const restore = setEnvironment({ ...environment, LOOSE_COUPLING_DATA_DIR: dataDir });
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
      restore();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Returns how to set it back. */
function setEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
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
