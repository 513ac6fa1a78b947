import { randomUUID } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { Injectable } from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  OnCommand,
  OnEvent,
  OnRequest,
  type LooseCouplingOptions,
} from 'nestjs-loose-coupling';
import { closeApps, startApp } from '../messaging/start-app.js';
import { describeOnAws } from '../support/aws-emulator/index.js';

jest.setTimeout(60_000);
afterEach(closeApps);

const Report = defineEvent<{ rows: string }>('shop.report');
const GetRows = defineCommand<{ id: string }, { rows: string }>('shop.rows.get');
const Import = defineCommand<{ rows: string }>('shop.import');
const rows = 'row,'.repeat(400_000);

describeOnAws('messages that are too large', (aws) => {
  const options = async (eventBus: string | undefined, withBucket: boolean): Promise<LooseCouplingOptions> => {
    const { endpoint, region, credentials } = aws();
    const prefix = `t${randomUUID().slice(0, 8)}`;
    const bucket = `${prefix}-messages`;
    const s3 = new S3({ endpoint, region, credentials: { ...credentials }, forcePathStyle: true });
    const LocationConstraint = region as never;
    await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint } });
    s3.destroy();
    const transport = {
      type: 'aws',
      prefix,
      provision: 'create',
      ...(eventBus && { eventBus }),
      ...(withBucket && { claimCheck: { bucket } }),
    } as const;
    return { service: 'app', transport, aws: { endpoint, region, credentials } };
  };

  @Injectable()
  class Reports {
    @OnEvent(Report)
    made() {}
    @OnCommand(Import)
    import() {}
    @OnRequest(GetRows)
    get() {
      return { rows };
    }
  }

  it.each([undefined, 'shop'])('leave their data in a bucket, and come whole to handlers, with bus %p', async (bus) => {
    const app = await startApp({ ...(await options(bus, true)), providers: [Reports] });
    await app.bus.publish(Report, { rows });
    await app.bus.send(Import, { rows });
    for (const message of [Report, Import]) {
      const { data } = await app.probe.consumed(message, undefined, { timeout: 20_000 });
      expect(data).toEqual({ rows });
    }
  });

  it('may be replies', async () => {
    const app = await startApp({ ...(await options(undefined, true)), providers: [Reports] });
    expect(await app.bus.request(GetRows, { id: '1' }, { timeout: 20_000 })).toEqual({ rows });
  });

  it('are refused without one', async () => {
    const app = await startApp({ ...(await options(undefined, false)), providers: [Reports] });
    const refused = { code: 'LC_MESSAGE_TOO_LARGE' };
    await expect(app.bus.publish(Report, { rows })).rejects.toMatchObject(refused);
    await expect(app.bus.send(Import, { rows })).rejects.toMatchObject(refused);
  });
});
