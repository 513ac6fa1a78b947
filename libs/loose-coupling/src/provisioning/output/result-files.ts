import type { ResourceChange } from '../engine/provisioner.js';
import type { DesiredResource } from '../model/resource.js';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Results by file name, with the names and the keys of the document. */
export function resultFiles(changes: readonly ResourceChange[]): Record<string, string> {
  const of = (kind: string) => changes.filter(({ resource }) => resource.kind === kind);
  const urlOf = (name: string) => of('queue').find(({ resource }) => resource.name === name)?.url;
  const queues = of('queue').filter(({ resource }) => resource.properties['RedrivePolicy'] !== undefined);
  const [bus] = of('bus');
  const [table] = of('table');
  const [lambda] = of('function');
  return {
    'message_queues.json': json(
      queues.map(({ resource, url }) => ({ name: resource.of, url, dlq_url: urlOf(deadLettersOf(resource)) })),
    ),
    'pub_sub_topics.json': json(of('topic').map(({ resource, arn }) => ({ name: resource.of, arn }))),
    'event_bus.json': json(bus ? { name: bus.resource.name, arn: bus.arn } : {}),
    'circuit_breaker_table.json': json(table ? { name: table.resource.name, arn: table.arn } : {}),
    'circuit_breaker_function.json': json(lambda ? { name: lambda.resource.name, arn: lambda.arn } : {}),
  };
}

/** `{{queue:shop-orders-dlq-dev}}` in the redrive policy. */
const deadLettersOf = ({ properties }: DesiredResource): string =>
  /\{\{queue:([^{}]+)\}\}/.exec(properties['RedrivePolicy'] ?? '')?.[1] ?? '';
