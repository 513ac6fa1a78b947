import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../libs/loose-coupling/src/cli/run.js';
import { request, until, type Order } from '../shop/http.js';
import { describeOnAws } from '../support/aws-emulator/index.js';
import { listResources } from './list-resources.js';

const CONFIG = join(__dirname, '../../apps/loose-coupling-config.json');
jest.setTimeout(90_000);

/** What docker compose does: implement, then services that only look whether everything is there. */
describeOnAws('the shop, provisioned by its file', (aws) => {
  const before = { ...process.env };
  const stage = `s${randomUUID().slice(0, 8)}`;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lc-shop-'));
    const { endpoint, region, credentials } = aws();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      SHOP_TRANSPORT: 'aws',
      SHOP_STAGE: stage,
      SHOP_PROVISION: 'validate',
      LOOSE_COUPLING_DATA_DIR: folder,
    });
  });
  afterAll(async () => {
    process.env = before;
    await rm(folder, { recursive: true, force: true });
  });

  /** Modules read the environment when they are loaded. */
  async function load() {
    jest.resetModules();
    const { NestFactory } = await import('@nestjs/core');
    const { listen } = await import('../shop/shop.js');
    const { AppModule: OrderModule } = await import('../../apps/order/src/app.module.js');
    const { AppModule: InventoryModule } = await import('../../apps/inventory/src/app.module.js');
    return { NestFactory, listen, OrderModule, InventoryModule };
  }

  async function command(name: string): Promise<{ code: number; text: string }> {
    const file = join(folder, 'loose-coupling-config.json');
    const config = JSON.parse(await readFile(CONFIG, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...config, deployment_stage: stage, aws_region: aws().region }));
    let text = '';
    const output = { out: (more: string) => void (text += more), error: (more: string) => void (text += more) };
    return { code: await run([name, '--config', file], output), text };
  }

  it('is missed by services that only look, each queue by its name', async () => {
    const { NestFactory, OrderModule } = await load();
    const app = await NestFactory.create(OrderModule, { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toThrow(new RegExp(`queue ${stage}-order-fulfilment: is missing`));
  });

  it('is everything that the services need: they start, and orders are confirmed', async () => {
    expect(await command('implement')).toMatchObject({ code: 0 });
    expect(await command('doctor')).toMatchObject({ code: 0 });
    const made = await listResources(aws(), stage);

    const { listen, OrderModule, InventoryModule } = await load();
    const inventory = await listen(InventoryModule);
    const order = await listen(OrderModule);
    await request('PUT', `${inventory.url}/products/A`, { name: 'A', unitPrice: 1, stock: 5 });
    const decided = async (quantity: number) => {
      const lines = [{ sku: 'A', quantity, unitPrice: 1 }];
      const { body } = await request<Order>('POST', `${order.url}/orders`, { customerId: 'VINET', lines });
      const answer = await until(
        () => request<Order>('GET', `${order.url}/orders/${body.orderId}`),
        ({ body: found }) => found.status !== 'pending',
      );
      return answer.body.status;
    };
    expect(await Promise.all([decided(1), decided(99)])).toEqual(['confirmed', 'rejected']);
    await Promise.all([order.app.close(), inventory.app.close()]);

    // The services have made nothing themselves.
    expect((await listResources(aws(), stage)).toSorted()).toEqual(made.toSorted());
    await command('destroy');
    expect(await listResources(aws(), stage)).toEqual([]);
  });
});
