import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LooseCouplingModule } from '../../libs/loose-coupling/src/index.js';
import { ServiceClients } from '../../libs/loose-coupling/src/services/index.js';

/** Says whether undici is loaded after the start, and after the first call. */
const isLoaded = () => Object.keys(require.cache).some((path) => path.includes('/node_modules/undici/'));

async function main(): Promise<void> {
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  @Module({ imports: [LooseCouplingModule.forRoot({ services: [{ name: 'stock', endpointUrl }] })] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  const atStart = isLoaded();
  const healthy = await app.get(ServiceClients).get('stock').healthCheck();
  process.stdout.write(JSON.stringify({ atStart, healthy, afterwards: isLoaded() }));
  await app.close();
  server.close();
}

void main();
