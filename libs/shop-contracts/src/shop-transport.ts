import type { LooseCouplingOptions } from 'nestjs-loose-coupling';

/**
 * Where the services of the shop meet. By default a broker file on this machine; with `SHOP_TRANSPORT=aws`, queues on SQS and events
 * over EventBridge, reached as the AWS SDK finds them (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials). Nothing else of a service changes.
 * Services make the queues and rules that they need, or, with `SHOP_PROVISION=validate`, look whether somebody else has.
 */
export function shopTransport(env = process.env): NonNullable<LooseCouplingOptions['transport']> {
  if (env['SHOP_TRANSPORT'] !== 'aws') return { type: 'local', file: 'broker.db' };
  return { type: 'aws', eventBus: 'shop', prefix: env['SHOP_STAGE'] ?? 'dev', provision: provisionOf(env) };
}

function provisionOf({ SHOP_PROVISION: wanted = 'create' }: NodeJS.ProcessEnv): 'create' | 'validate' | 'none' {
  if (wanted === 'create' || wanted === 'validate' || wanted === 'none') return wanted;
  throw new TypeError(`SHOP_PROVISION must be create, validate or none, got "${wanted}"`);
}
