// The main job, watched: two services, a database each, one broker file (or, with --aws, a DynamoDB table each, SQS and EventBridge),
// and a crash in the middle.
//   node scripts/demo/main.mjs [--aws] [--orders 830]
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openAws } from './aws.mjs';
import { checkInvariants } from './invariants.mjs';
import { findLeftovers, TABLES_AGREE } from './leftovers.mjs';
import * as northwind from './northwind.mjs';
import { reportQuotes } from './quote-report.mjs';
import { Scenario } from './scenario.mjs';
import { freePort, Service } from './service.mjs';
import { checkShipments } from './shipments.mjs';
import { inParallel, ShopClient } from './shop-client.mjs';

const CLIENTS = 8;
const LEFTOVERS_MS = 10_000;
const SHIPMENTS_MS = 60_000;

const { values } = parseArgs({
  options: { aws: { type: 'boolean', default: false }, orders: { type: 'string', default: '830' } },
});

const dataDir = resolve(process.env.LOOSE_COUPLING_DATA_DIR ?? '.loose-coupling', 'demo');
rmSync(dataDir, { recursive: true, force: true });
mkdirSync(dataDir, { recursive: true });

const aws = values.aws ? await openAws() : undefined;
const stage = `demo-${Date.now().toString(36)}`;
const transport = aws ? { ...aws.environment, SHOP_TRANSPORT: 'aws', SHOP_STORE: 'dynamodb', SHOP_STAGE: stage } : {};
const service = async (name, port, env) => {
  const logFile = join(dataDir, `${name}.log`);
  return new Service(name, { port: await freePort(port), dataDir, logFile, env: { ...transport, ...env } });
};
const inventory = await service('inventory', Number(process.env.INVENTORY_PORT ?? 3002));
const order = await service('order', Number(process.env.ORDER_PORT ?? 3001), { INVENTORY_URL: inventory.url });

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => Promise.all([order.kill(), inventory.kill(), aws?.kill()]).then(() => process.exit(130)));
}

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(`\n${error.stack}\nThe services' logs are in ${dataDir}`);
  process.exitCode = 1;
} finally {
  await Promise.all([order.stop(), inventory.stop()]);
  await aws?.kill();
}

async function demo() {
  const started = performance.now();
  const shop = new ShopClient(order.url, inventory.url);
  const products = northwind.products();

  await Promise.all([order.start(), inventory.start()]);
  console.log(`order     ${order.url}      API: ${order.url}/docs`);
  console.log(`inventory ${inventory.url}      API: ${inventory.url}/docs`);
  console.log(
    aws
      ? `Two processes, a DynamoDB table each, SQS and EventBridge between them, all at ${aws.endpoint}\n`
      : `Two processes, a database each, one broker file in ${dataDir}\n`,
  );

  await inParallel(products, CLIENTS, (product) => shop.listProduct(product));
  const scenario = new Scenario(shop, inventory, {
    products,
    orders: northwind.orders().slice(0, Number(values.orders)),
    clients: CLIENTS,
  });
  await scenario.run();

  const { orderIds, outage, backlog, placingSeconds, drainSeconds } = scenario;
  const { pending, ...final } = await shop.tally();
  const { checks, faults } = await checkInvariants(shop, { products, orderIds });
  const shipments = await checkShipments(shop, SHIPMENTS_MS);
  checks.push(...shipments.checks);
  faults.push(...shipments.faults);
  const quotes = reportQuotes(scenario.quotes, outage);
  faults.push(...outage.faults, ...quotes.faults, ...(await findLeftovers({ dataDir, aws, stage }, LEFTOVERS_MS)));
  checks.push('no message is left on a queue, a dead-letter queue or in an outbox');
  if (aws) checks.push(TABLES_AGREE);
  checks.push('the circuit opened while inventory was away and closed when it was back; no quote failed');
  console.log(`
Accepted   ${orderIds.length} orders in ${placingSeconds.toFixed(1)} s (${Math.round(orderIds.length / placingSeconds)}/s), none of them waiting for inventory
Backlog    ${backlog} orders after the crash, drained ${drainSeconds.toFixed(1)} s after the restart began
Outcome    ${final.confirmed} confirmed, ${final.rejected} rejected, ${final.cancelled} cancelled, ${pending} pending
Shipped    ${shipments.handedOver} orders, by a workflow each
Quotes     ${quotes.lines.join('\n           ')}
`);
  for (const check of checks) console.log(`${faults.length === 0 ? '✓' : '·'} ${check}`);
  for (const fault of faults.slice(0, 20)) console.log(`✗ ${fault}`);
  if (faults.length > 20) console.log(`✗ … and ${faults.length - 20} more`);
  console.log(
    `\n${faults.length === 0 ? 'All invariants hold' : `${faults.length} faults`} (${((performance.now() - started) / 1000).toFixed(1)} s).`,
  );
  return faults.length === 0 ? 0 : 1;
}
