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
  ].join('\n');
}
