import type { ProvisioningConfig } from '../config/provisioning-config.js';
import type { PhysicalNames } from './physical-names.js';
import { arnOf, type DesiredResource, type ResourceProperties } from './resource.js';

/** Dead letters that wait to be looked at, and circuits that refuse calls. */
export function alarmResources(config: ProvisioningConfig, names: PhysicalNames): DesiredResource[] {
  const { alarms } = config;
  if (!alarms) return [];
  const actions = JSON.stringify(alarms.notify.map((topic) => arnOf('topic', names.of(topic))).toSorted());
  const alarm = (of: string, properties: ResourceProperties): DesiredResource => ({
    kind: 'alarm',
    name: names.of(of),
    of,
    properties: { ...ANY_IN_A_MINUTE, AlarmActions: actions, ...properties },
  });
  const deadLetters = alarms.dead_letters ? config.message_queues : [];
  return [
    ...deadLetters.map(({ name }) =>
      alarm(`${name}-dead-letters`, {
        AlarmDescription: `Messages of ${name} could not be handled`,
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: dimension('QueueName', names.deadLetters(name)),
      }),
    ),
    ...(alarms.open_circuits
      ? [
          alarm('open-circuits', {
            AlarmDescription: 'A circuit is open, and calls are refused',
            Namespace: 'LooseCoupling',
            MetricName: 'OpenCircuits',
            Dimensions: dimension('Table', names.circuitBreaker),
          }),
        ]
      : []),
  ];
}

const dimension = (Name: string, Value: string): string => JSON.stringify([{ Name, Value }]);

const ANY_IN_A_MINUTE: ResourceProperties = {
  ActionsEnabled: 'true',
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: '1',
  Period: '60',
  Statistic: 'Maximum',
  Threshold: '0',
  // Nothing is written while nothing is wrong.
  TreatMissingData: 'notBreaching',
};
