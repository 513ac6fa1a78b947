// The main job, watched: two services, a database each, one broker file (or, with --aws, SQS and EventBridge), and a crash in the middle.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openAws } from './aws.mjs';
import { CircuitWatch } from './circuit-watch.mjs';
import { checkInvariants } from './invariants.mjs';
import { findLeftovers } from './leftovers.mjs';
import * as northwind from './northwind.mjs';
import { Progress } from './progress.mjs';
import { freePort, Service } from './service.mjs';
import { Shoppers } from './shoppers.mjs';
import { inParallel, ShopClient } from './shop-client.mjs';

const CLIENTS = 8;
const DRAIN_MS = 60_000;
const LEFTOVERS_MS = 10_000;
/** Far more than the breaker of order needs to open, or to close. */
const BREAKER_MS = 10_000;

const dataDir = resolve(process.env.LOOSE_COUPLING_DATA_DIR ?? '.loose-coupling', 'demo');
rmSync(dataDir, { recursive: true, force: true });
mkdirSync(dataDir, { recursive: true });

const aws = process.argv.includes('--aws') ? await openAws() : undefined;
const stage = `demo-${Date.now().toString(36)}`;
const transport = aws ? { ...aws.environment, SHOP_TRANSPORT: 'aws', SHOP_STAGE: stage } : {};
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
  const started = Date.now();
  const shop = new ShopClient(order.url, inventory.url);
  const products = northwind.products();
  const orders = northwind.orders();

  await Promise.all([order.start(), inventory.start()]);
  console.log(`order     ${order.url}      API: ${order.url}/docs`);
  console.log(`inventory ${inventory.url}      API: ${inventory.url}/docs`);
  const between = aws ? `SQS and EventBridge at ${aws.endpoint} between them` : `one broker file in ${dataDir}`;
  console.log(`Two processes, a database each, ${between}\n`);

  await inParallel(products, CLIENTS, (product) => shop.listProduct(product));
  const shoppers = new Shoppers(
    shop,
    products.map(({ sku }) => sku),
  );
  const breaker = new CircuitWatch(shop, 'inventory');
  await shoppers.start();
  console.log(`${products.length} products listed; shoppers ask order for quotes, and order asks inventory.`);
  console.log(`Placing ${orders.length} orders over HTTP, ${CLIENTS} at a time:`);

  const progress = new Progress(orders.length, () => shop.tally());
  const orderIds = [];
  const faults = [];
  let crash = Promise.resolve();
  const place = async (each) => {
    orderIds.push((await shop.placeOrder(each)).orderId);
    progress.placed();
    if (orderIds.length === Math.round(orders.length * 0.4)) crash = killInventory();
    if (orderIds.length === Math.round(orders.length * 0.8)) await crash;
  };
  const killInventory = async () => {
    const { failed } = (await breaker.look()).totals;
    await inventory.kill();
    progress.say(`  inventory killed (SIGKILL) after ${orderIds.length} orders; order goes on accepting`);
    const opened = await breaker.becomes('open', BREAKER_MS);
    if (!opened) faults.push(`the breaker did not open within ${BREAKER_MS / 1000} s of the kill`);
    else {
      progress.say(
        `  breaker open after ${opened.totals.failed - failed} failed calls, ${Math.round(opened.took)} ms after the kill; ` +
          'quotes come from what is last known',
      );
    }
  };

  progress.start();
  const placing = Date.now();
  await inParallel(orders, CLIENTS, place);
  const placingSeconds = (Date.now() - placing) / 1000;
  await crash;
  await progress.refresh();
  progress.say(`  all ${orders.length} placed, ${progress.backlog} wait for inventory; starting it again`);
  const backlog = progress.backlog;

  const restarted = Date.now();
  await inventory.start();
  const closing = breaker.becomes('closed', BREAKER_MS).then((closed) => {
    if (closed) progress.say(`  breaker closed ${Math.round(closed.took)} ms after inventory answered again`);
    else faults.push(`the breaker did not close within ${BREAKER_MS / 1000} s of the restart`);
  });
  do {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await progress.refresh();
    if (Date.now() - restarted > DRAIN_MS)
      throw new Error(`${progress.backlog} orders are still pending after ${DRAIN_MS / 1000} s`);
  } while (progress.backlog > 0);
  const drainSeconds = (Date.now() - restarted) / 1000;
  await closing;
  await shoppers.stop();
  progress.stop();

  const { pending, ...final } = await shop.tally();
  const { checks, faults: broken } = await checkInvariants(shop, { products, orderIds });
  faults.push(...broken, ...shoppers.faults, ...(await findLeftovers({ dataDir, aws, stage }, LEFTOVERS_MS)));
  checks.push('no message is left on a queue, a dead-letter queue or in an outbox');
  checks.push('the breaker opened and closed; every product that had been quoted was quoted all the time');
  const quotes = shoppers.tally;
  if (quotes.recalled === 0) faults.push('no quote came from what was last known: nothing was shown');
  console.log(`
Accepted   ${orderIds.length} orders in ${placingSeconds.toFixed(1)} s (${Math.round(orderIds.length / placingSeconds)}/s), none of them waiting for inventory
Backlog    ${backlog} orders after the crash, drained ${drainSeconds.toFixed(1)} s after the restart began
Outcome    ${final.confirmed} confirmed, ${final.rejected} rejected, ${final.cancelled} cancelled, ${pending} pending
Quotes     ${quotes.asked} given: ${quotes.fromInventory} by inventory, ${quotes.recalled} from what was last known (median ${quotes.medianMs.toFixed(1)} ms, slowest ${Math.round(quotes.slowestMs)} ms)
`);
  for (const check of checks) console.log(`${faults.length === 0 ? '✓' : '·'} ${check}`);
  for (const fault of faults.slice(0, 20)) console.log(`✗ ${fault}`);
  if (faults.length > 20) console.log(`✗ … and ${faults.length - 20} more`);
  console.log(
    `\n${faults.length === 0 ? 'All invariants hold' : `${faults.length} faults`} (${((Date.now() - started) / 1000).toFixed(1)} s).`,
  );
  return faults.length === 0 ? 0 : 1;
}
