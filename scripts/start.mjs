// Both sample services, until Ctrl+C.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Service } from './demo/service.mjs';

const dataDir = resolve(process.env.LOOSE_COUPLING_DATA_DIR ?? '.loose-coupling');
mkdirSync(dataDir, { recursive: true });

const inventory = new Service('inventory', { port: Number(process.env.INVENTORY_PORT ?? 3002), dataDir });
const env = { INVENTORY_URL: process.env.INVENTORY_URL ?? inventory.url };
const order = new Service('order', { port: Number(process.env.ORDER_PORT ?? 3001), dataDir, env });
const services = [order, inventory];

const stop = () => Promise.all(services.map((service) => service.stop()));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());

try {
  await Promise.all(services.map((service) => service.start()));
  for (const { name, url } of services) console.log(`${name}: ${url} (API: ${url}/docs)`);
  // When one ends, the other is of no use to whoever typed the command.
  const code = await Promise.race(services.map((service) => service.ended()));
  process.exitCode = code === 0 ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await stop();
}
