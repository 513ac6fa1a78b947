import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureHttp, listenAddress } from '@shop/http';
import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  const { host, port } = listenAddress('ORDER_PORT', 3001);
  const app = await NestFactory.create<NestExpressApplication>(AppModule);
  configureHttp(app, 'Order', 'Places orders and follows them; asks nobody while doing so.');
  await app.listen(port, host);
}

void bootstrap();
