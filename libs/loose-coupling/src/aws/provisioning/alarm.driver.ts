import type { ComparisonOperator, Dimension, Statistic } from '@aws-sdk/client-cloudwatch';
import type { DesiredResource, ResourceDriver, ResourceProperties, SeenResource } from '../../provisioning/index.js';
import { tagList, type ProvisioningApis } from './provisioning-apis.js';

export class AlarmDriver implements ResourceDriver {
  constructor(private readonly apis: ProvisioningApis) {}

  async read({ name }: DesiredResource): Promise<SeenResource | undefined> {
    const { MetricAlarms = [] } = await this.apis.cloudWatch.describeAlarms({
      AlarmNames: [name],
      AlarmTypes: ['MetricAlarm'],
    });
    const found = MetricAlarms.find(({ AlarmName }) => AlarmName === name);
    if (found?.AlarmArn === undefined) return undefined;
    const { AlarmActions = [], Dimensions = [], ...rest } = found;
    const of = (property: keyof typeof rest): string => String(rest[property] ?? '');
    return {
      arn: found.AlarmArn,
      properties: {
        ...Object.fromEntries(SIMPLE.map((property) => [property, of(property)])),
        AlarmActions: JSON.stringify(AlarmActions.toSorted()),
        Dimensions: JSON.stringify(Dimensions.map(({ Name, Value }) => ({ Name, Value }))),
      },
    };
  }

  async create(resource: DesiredResource, properties: ResourceProperties): Promise<SeenResource> {
    await this.put(resource.name, properties, true);
    const seen = await this.read(resource);
    if (!seen) throw new Error(`alarm ${resource.name} was made, and is not there`);
    return seen;
  }

  /** The call replaces all of it. */
  async update({ name }: DesiredResource, changed: ResourceProperties, { properties }: SeenResource): Promise<void> {
    await this.put(name, { ...properties, ...changed }, false);
  }

  async remove({ name }: DesiredResource): Promise<void> {
    await this.apis.cloudWatch.deleteAlarms({ AlarmNames: [name] });
  }

  private async put(AlarmName: string, properties: ResourceProperties, isNew: boolean): Promise<void> {
    const { ActionsEnabled, AlarmActions = '[]', Dimensions = '[]', ComparisonOperator, Statistic } = properties;
    const { EvaluationPeriods, Period, Threshold, AlarmDescription, MetricName, Namespace, TreatMissingData } =
      properties;
    await this.apis.cloudWatch.putMetricAlarm({
      AlarmName,
      AlarmDescription,
      MetricName,
      Namespace,
      TreatMissingData,
      ActionsEnabled: ActionsEnabled === 'true',
      AlarmActions: JSON.parse(AlarmActions) as string[],
      Dimensions: JSON.parse(Dimensions) as Dimension[],
      ComparisonOperator: ComparisonOperator as ComparisonOperator,
      Statistic: Statistic as Statistic,
      EvaluationPeriods: Number(EvaluationPeriods),
      Period: Number(Period),
      Threshold: Number(Threshold),
      // Of an alarm that is there, they are set by another call.
      ...(isNew && { Tags: tagList(this.apis.tags) }),
    });
  }
}

const SIMPLE = [
  'ActionsEnabled',
  'AlarmDescription',
  'ComparisonOperator',
  'EvaluationPeriods',
  'MetricName',
  'Namespace',
  'Period',
  'Statistic',
  'Threshold',
  'TreatMissingData',
] as const;
