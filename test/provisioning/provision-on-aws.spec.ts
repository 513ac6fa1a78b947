import { randomUUID } from 'node:crypto';
import { AwsClients } from '../../libs/loose-coupling/src/aws/clients/aws-clients.js';
import { openAwsProvisioning, type AwsProvisioning } from 'nestjs-loose-coupling/aws';
import {
  desiredResources,
  functionCode,
  Provisioner,
  readConfig,
  type ResourceDrivers,
} from 'nestjs-loose-coupling/provisioning';
import { describeOnAws } from '../support/aws-emulator/index.js';
import { listResources } from './list-resources.js';

jest.setTimeout(60_000);

const actions = (changes: readonly { action: string }[]) => [...new Set(changes.map(({ action }) => action))];

describeOnAws('provisioning', (aws) => {
  let clients: AwsClients;
  let drivers: ResourceDrivers;
  let provisioning: AwsProvisioning;
  beforeAll(() => {
    const { endpoint, region, credentials } = aws();
    clients = new AwsClients({ endpoint, region, credentials });
    provisioning = openAwsProvisioning({ endpoint, region, credentials }, { Project: 'shop' });
    ({ drivers } = provisioning);
  });
  afterAll(() => {
    clients.close();
    provisioning.close();
  });

  const file = (more: object = {}) => ({
    project_name: 'shop',
    aws_region: aws().region,
    deployment_stage: randomUUID().slice(0, 8),
    message_queues: [
      { name: 'orders', visibility_timeout_seconds: 60, message_retention_seconds: 86_400 },
      { name: 'ledger', fifo: true },
      { name: 'letters', kms_key_id: 'alias/shop' },
    ],
    pub_sub_topics: [
      { name: 'news', subscriptions: [{ queue: 'orders', filter_policy: { kind: ['order'] } }] },
      { name: 'moves', fifo: true, subscriptions: [{ queue: 'ledger' }] },
      {
        name: 'alerts',
        kms_key_id: 'alias/shop',
        subscriptions: [{ queue: 'letters', filter_policy: { a: ['b'] }, filter_policy_scope: 'MessageBody' }],
      },
    ],
    event_rules: [
      { name: 'placed', event_pattern: { source: ['shop'], 'detail-type': ['Order Placed'] }, targets: ['orders'] },
      { name: 'bare', event_pattern: '{"source":["other"]}' },
    ],
    circuit_breaker: { failure_threshold: 7 },
    alarms: { notify: ['alerts'] },
    ...more,
  });
  const resourcesOf = (given: object) => desiredResources(readConfig(JSON.stringify(given)));

  it('makes everything, changes nothing a second time, says so beforehand, and leaves nothing when it is destroyed', async () => {
    const given = file();
    const resources = resourcesOf(given);
    const listed = async () => (await listResources(aws(), given.deployment_stage)).toSorted();
    expect(actions(await new Provisioner(drivers).plan(resources))).toEqual(['create']);
    expect(await listed()).toEqual([]);
    expect(actions(await new Provisioner(drivers).implement(resources))).toEqual(['create']);
    const wanted = resources.map(
      ({ kind, name }) => `${kind} ${kind === 'subscription' ? name.split(' ').at(-1) : name}`,
    );
    expect(await listed()).toEqual(wanted.toSorted());

    const plan = await new Provisioner(drivers).plan(resources);
    expect(plan.filter(({ action }) => action !== 'none')).toEqual([]);
    expect(actions(await new Provisioner(drivers).implement(resources))).toEqual(['none']);
    expect(plan.every(({ arn }) => arn?.startsWith('arn:aws:'))).toBe(true);

    expect(actions(await new Provisioner(drivers).destroy(resources))).toEqual(['remove']);
    expect(await listed()).toEqual([]);
    expect(actions(await new Provisioner(drivers).plan(resources))).toEqual(['create']);
    expect(actions(await new Provisioner(drivers).destroy(resources))).toEqual(['none']);
  });

  it('sets what has changed, in the file or by hand, and nothing else', async () => {
    const before = file();
    await new Provisioner(drivers).implement(resourcesOf(before));
    const after = resourcesOf({
      ...before,
      message_queues: [
        { name: 'orders', visibility_timeout_seconds: 90, message_retention_seconds: 86_400 },
        ...before.message_queues.slice(1),
      ],
      circuit_breaker: { failure_threshold: 9 },
      event_rules: [
        { name: 'placed', event_pattern: { source: ['shop'] }, targets: ['orders', 'ledger'] },
        before.event_rules[1],
      ],
    });
    const named = (of: string) => `shop-${of}-${before.deployment_stage}`;
    await clients
      .lambda()
      .updateFunctionCode({ FunctionName: named('circuit-breaker'), ZipFile: functionCode('').zip });
    await clients.iam().deleteRolePolicy({ RoleName: named('circuit-breaker'), PolicyName: named('circuit-breaker') });
    await clients.cloudWatch().putMetricAlarm({
      AlarmName: named('open-circuits'),
      MetricName: 'OpenCircuits',
      Namespace: 'LooseCoupling',
      Dimensions: [{ Name: 'Table', Value: named('circuit-breaker') }],
      ComparisonOperator: 'GreaterThanThreshold',
      Statistic: 'Maximum',
      EvaluationPeriods: 1,
      Period: 60,
      Threshold: 1_000,
      ActionsEnabled: false,
    });
    const changed = (await new Provisioner(drivers).implement(after)).filter(({ action }) => action !== 'none');
    expect(
      changed.map(({ action, resource, differences }) => [
        action,
        resource.of,
        differences.map(({ property }) => property),
      ]),
    ).toEqual([
      ['update', 'orders', ['VisibilityTimeout']],
      ['update', 'ledger (dead letters)', ['Policy']],
      ['update', 'ledger', ['Policy']],
      ['update', 'placed', ['EventPattern', 'Targets']],
      ['update', 'circuit-breaker', ['Policy']],
      ['update', 'circuit-breaker', ['CodeSha256', 'Environment']],
      [
        'update',
        'open-circuits',
        ['ActionsEnabled', 'Threshold', 'TreatMissingData', 'AlarmActions', 'AlarmDescription'],
      ],
    ]);
    const again = await new Provisioner(drivers).plan(after);
    expect(again.filter(({ action }) => action !== 'none')).toEqual([]);
    await new Provisioner(drivers).destroy(after);
  });

  it('goes on after a failure, which says what was done', async () => {
    const resources = resourcesOf(file());
    const { bus } = drivers;
    const broken = {
      ...drivers,
      bus: Object.assign(Object.create(bus) as typeof bus, { create: () => Promise.reject(new Error('no')) }),
    };
    await expect(new Provisioner(broken).implement(resources)).rejects.toMatchObject({
      code: 'LC_PROVISIONING_FAILED',
      message: expect.stringMatching(
        /Could not make bus shop-events-.*: Error: no\. Done before: create queue shop-orders-dlq-/,
      ),
    });
    const second = await new Provisioner(drivers).implement(resources);
    expect(second.filter(({ action }) => action === 'create').map(({ resource }) => resource.kind)).toEqual([
      'bus',
      'rule',
      'rule',
      'table',
      'role',
      'function',
      'alarm',
      'alarm',
      'alarm',
      'alarm',
    ]);
    await new Provisioner(drivers).destroy(resources);
  });

  it('lets topics and rules put messages on the queue, and nobody else', async () => {
    const resources = resourcesOf(file());
    const made = await new Provisioner(drivers).implement(resources);
    const find = (kind: string, of: string) =>
      made.find(({ resource }) => resource.kind === kind && resource.of === of);
    const orders = find('queue', 'orders');
    const { Attributes } = await clients
      .sqs()
      .getQueueAttributes({ QueueUrl: orders?.url, AttributeNames: ['Policy'] });
    const { Statement } = JSON.parse(Attributes?.['Policy'] ?? '{}') as {
      Statement: { Condition: { ArnLike: Record<string, string[]> } }[];
    };
    expect(Statement.map(({ Condition }) => Condition.ArnLike['aws:SourceArn'])).toEqual([
      [find('topic', 'news')?.arn],
      [find('rule', 'placed')?.arn],
    ]);

    const detail = JSON.stringify({ id: 1 });
    const entry = {
      EventBusName: find('bus', 'events')?.resource.name,
      Source: 'shop',
      DetailType: 'Order Placed',
      Detail: detail,
    };
    await clients.eventBridge().putEvents({ Entries: [entry] });
    const { Messages = [] } = await clients.sqs().receiveMessage({ QueueUrl: orders?.url, WaitTimeSeconds: 5 });
    expect(JSON.parse(Messages[0]?.Body ?? '{}')).toMatchObject({ 'detail-type': 'Order Placed', detail: { id: 1 } });
    await new Provisioner(drivers).destroy(resources);
  });
});
