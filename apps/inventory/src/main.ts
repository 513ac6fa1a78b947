import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureHttp, listenAddress } from '@shop/http';
import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  const { host, port } = listenAddress('INVENTORY_PORT', 3002);
  const app = await NestFactory.create<NestExpressApplication>(AppModule);
  configureHttp(app, 'Inventory', 'Keeps the stock and reserves it for orders.');
  await app.listen(port, host);
}

void bootstrap();
