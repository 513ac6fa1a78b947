import type { ProvisioningConfig } from '../config/provisioning-config.js';
import type { ResourceChange } from '../engine/provisioner.js';

const rowOf = ({ resource, url, arn }: ResourceChange): string =>
  `| ${resource.of} | \`${resource.name}\` | ${url ?? arn ?? 'not there'} |`;

function table(title: string, changes: readonly ResourceChange[]): string[] {
  if (changes.length === 0) return [];
  return [`## ${title}`, '', '| name | on AWS | where |', '| --- | --- | --- |', ...changes.map(rowOf), ''];
}

/** What is there, as a Markdown page. */
export function documentationOf(config: ProvisioningConfig, changes: readonly ResourceChange[], now: Date): string {
  const of = (kind: string) => changes.filter(({ resource }) => resource.kind === kind);
  return [
    `# ${config.project_name}: what it is coupled by`,
    '',
    `Stage ${config.deployment_stage}, region ${config.aws_region}; ${now.toISOString()}.`,
    '',
    ...table('Message queues', of('queue')),
    ...table('Publish and subscribe', of('topic')),
    ...table('Subscriptions', of('subscription')),
    ...table('Event bus', of('bus')),
    ...table('Event rules', of('rule')),
    ...table('Circuit breakers', [...of('table'), ...of('function')]),
    ...table('Alarms', of('alarm')),
    ...usage(changes),
  ].join('\n');
}

/** From a shell; services of Nest have all this in the package itself. */
function usage(changes: readonly ResourceChange[]): string[] {
  const first = (kind: string) => changes.find(({ resource, arn }) => resource.kind === kind && arn !== undefined);
  const queue = changes.find(({ resource, url }) => resource.properties['RedrivePolicy'] !== undefined && url);
  const entry = (bus: string) =>
    JSON.stringify([{ EventBusName: bus, Source: 'order-service', DetailType: 'Order Created', Detail: '{}' }]);
  const bus = first('bus');
  const breaker = first('function');
  const lines = [
    ...(queue ? [`aws sqs send-message --queue-url '${queue.url}' --message-body '{}'`] : []),
    ...(bus ? [`aws events put-events --entries '${entry(bus.resource.name)}'`] : []),
    ...(breaker
      ? [
          `aws lambda invoke --function-name ${breaker.resource.name} --cli-binary-format raw-in-base64-out \\`,
          `  --payload '{"action":"check","service_name":"mail"}' /dev/stdout`,
        ]
      : []),
  ];
  return lines.length === 0 ? [] : ['## Using them', '', '```sh', ...lines, '```', ''];
}
