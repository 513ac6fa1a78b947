import type { LooseCouplingOptions } from 'nestjs-loose-coupling';

/**
 * Where the services of the shop meet. By default a broker file on this machine; with `SHOP_TRANSPORT=aws`, queues on SQS and events
 * over EventBridge, reached as the AWS SDK finds them (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials). Nothing else of a service changes.
 */
export function shopTransport(env = process.env): NonNullable<LooseCouplingOptions['transport']> {
  if (env['SHOP_TRANSPORT'] !== 'aws') return { type: 'local', file: 'broker.db' };
  return { type: 'aws', eventBus: 'shop', prefix: env['SHOP_STAGE'] ?? 'dev', provision: 'create' };
}
