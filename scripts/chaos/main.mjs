// Kills either service at random moments while orders flow, then checks that nothing was lost or done twice.
//   node scripts/chaos/main.mjs [--kills 20] [--seed 1] [--payment-deadline <ms>] [--aws] [--json]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openAws } from '../demo/aws.mjs';
import { checkInvariants } from '../demo/invariants.mjs';
import { findLeftovers, keepTables, TABLES_AGREE } from '../demo/leftovers.mjs';
import * as northwind from '../demo/northwind.mjs';
import { freePort, Service } from '../demo/service.mjs';
import { checkShipments } from '../demo/shipments.mjs';
import { inParallel, ShopClient } from '../demo/shop-client.mjs';
import { checkPayments } from './payments.mjs';
import { Customers } from './customers.mjs';
import { createRandom } from './random.mjs';

const DRAIN_MS = 150_000;
const LEFTOVERS_MS = 30_000;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    'payment-deadline': { type: 'string' },
    aws: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const paymentDeadline = values['payment-deadline'] === undefined ? undefined : Number(values['payment-deadline']);
// The killer's moments come from the seed alone; customers draw in an order that timing decides.
const random = createRandom(`${values.seed}/killer`);
const say = (text) => values.json || console.log(text);

const dataDir = mkdtempSync(join(tmpdir(), 'loose-coupling-chaos-'));
mkdirSync(dataDir, { recursive: true });
const aws = values.aws ? await openAws() : undefined;
const stage = `chaos-${Date.now().toString(36)}`;
const transport = aws ? { ...aws.environment, SHOP_TRANSPORT: 'aws', SHOP_STORE: 'dynamodb', SHOP_STAGE: stage } : {};
const service = async (name, env) =>
  new Service(name, {
    port: await freePort(0),
    dataDir,
    logFile: join(dataDir, `${name}.log`),
    env: { ...transport, ...env },
  });
const inventory = await service('inventory');
const order = await service('order', {
  INVENTORY_URL: inventory.url,
  ...(paymentDeadline !== undefined && { ORDER_PAYMENT_DEADLINE_MS: String(paymentDeadline) }),
});
const services = { inventory, order };

let failed = true;
try {
  const result = await chaos();
  failed = result.faults.length > 0;
  console.log(values.json ? JSON.stringify(result) : summary(result));
} finally {
  if (failed && aws)
    await keepTables({ dataDir, aws, stage }).catch((error) => console.error('No copy of the tables:', error));
  await Promise.all(Object.values(services).map((service) => service.kill()));
  await aws?.kill();
  if (failed) console.error(`The databases and logs are in ${dataDir}`);
  else rmSync(dataDir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

async function chaos() {
  const products = northwind.products().map((product) => ({ ...product, unitsInStock: product.unitsInStock * 20 }));
  const shop = new ShopClient(services.order.url, services.inventory.url);
  await Promise.all([services.inventory.start(), services.order.start()]);
  await inParallel(products, 8, (product) => shop.listProduct(product));

  const customers = new Customers(shop, northwind.orders(), createRandom(`${values.seed}/customers`), paymentDeadline);
  const ordering = customers.run(6);
  const killed = { order: 0, inventory: 0 };
  try {
    for (let count = 1; count <= kills; count += 1) {
      await wait(random.between(100, 900));
      const victims = random.next() < 0.15 ? ['order', 'inventory'] : [random.pick(['order', 'inventory'])];
      await Promise.all(victims.map((name) => services[name].kill()));
      for (const name of victims) killed[name] += 1;
      say(`kill ${String(count).padStart(2)}: ${victims.join(' and ')} after ${customers.accepted.length} orders`);
      await wait(random.between(0, 200));
      await Promise.all(victims.map((name) => services[name].start()));
    }
  } finally {
    customers.close();
  }
  await ordering;

  const draining = Date.now();
  let tally = await shop.tally();
  while (tally.pending > 0 && Date.now() - draining < DRAIN_MS) {
    // Asking costs an emulator time that it needs for the orders.
    await wait(aws ? 2_000 : 200);
    tally = await shop.tally();
  }
  // A cancellation is final in order before inventory has heard of it: wait until both say the same.
  let checked = await checkInvariants(shop, { products, orderIds: customers.accepted });
  while (checked.faults.length > 0 && Date.now() - draining < DRAIN_MS) {
    await wait(500);
    checked = await checkInvariants(shop, { products, orderIds: customers.accepted });
  }
  const shipments = await checkShipments(shop, DRAIN_MS);
  checked.faults.push(...shipments.faults);
  checked.checks.push(...shipments.checks);
  if (paymentDeadline !== undefined) {
    checked.faults.push(...(await checkPayments(shop, customers)));
    checked.checks.push('every order was confirmed if it was paid in time, or else cancelled, or rejected');
  }
  checked.faults.push(...(await findLeftovers({ dataDir, aws, stage }, LEFTOVERS_MS)));
  checked.checks.push('no message is left on a queue, a dead-letter queue or in an outbox');
  if (aws) checked.checks.push(TABLES_AGREE);
  return {
    seed: Number(values.seed),
    killed,
    accepted: customers.accepted.length,
    paid: customers.paid.size,
    ...tally,
    drainMs: Date.now() - draining,
    ...checked,
  };
}

function summary({ seed, killed, accepted, confirmed, rejected, cancelled, drainMs, checks, faults }) {
  return [
    `\nSeed ${seed}: order killed ${killed.order} times, inventory ${killed.inventory} times.`,
    `${accepted} orders: ${confirmed} confirmed, ${rejected} rejected, ${cancelled} cancelled; settled ${drainMs} ms after the last.`,
    ...checks.map((check) => `${faults.length === 0 ? '✓' : '·'} ${check}`),
    ...faults.slice(0, 20).map((fault) => `✗ ${fault}`),
  ].join('\n');
}
