import type { LooseCouplingOptions } from 'nestjs-loose-coupling';

/**
 * Where a service of the shop keeps its events, each its own. By default a file on this machine; with `SHOP_STORE=dynamodb` a table,
 * `<stage>-<service>-events`, reached as the AWS SDK finds it (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials).
 */
export function shopStore(service: string, env = process.env): NonNullable<LooseCouplingOptions['store']> {
  if (env['SHOP_STORE'] !== 'dynamodb') return { type: 'sqlite', file: `${service}.db` };
  return { type: 'dynamodb', tablePrefix: `${env['SHOP_STAGE'] ?? 'dev'}-${service}`, provision: 'create' };
}
