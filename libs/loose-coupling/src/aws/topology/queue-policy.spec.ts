import { allowSources, refusedSources } from './queue-policy.js';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:prod-orders';
const ANY = 'arn:aws:sns:eu-west-1:123456789012:prod-*';
const topic = (name: string) => `arn:aws:sns:eu-west-1:123456789012:prod-${name}`;
const parsed = (policy: string | undefined) => JSON.parse(policy ?? '{}') as { Statement: Record<string, unknown>[] };

describe('the policy of a queue', () => {
  it('lets topics in with one statement, however many there are', () => {
    const first = allowSources(undefined, QUEUE, 'sns', [topic('b')], ANY);
    const second = allowSources(first, QUEUE, 'sns', [topic('a'), topic('c')], ANY);
    expect(parsed(second).Statement).toEqual([
      {
        Sid: 'LooseCouplingTopics',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: QUEUE,
        Condition: { ArnLike: { 'aws:SourceArn': [topic('a'), topic('b'), topic('c')] } },
      },
    ]);
  });

  it('is left alone when it lets them in already', () => {
    const policy = allowSources(undefined, QUEUE, 'sns', [topic('a')], ANY);
    expect(allowSources(policy, QUEUE, 'sns', [topic('a')], ANY)).toBeUndefined();
    const wide = allowSources(undefined, QUEUE, 'sns', [ANY], ANY);
    expect(allowSources(wide, QUEUE, 'sns', [topic('new')], ANY)).toBeUndefined();
  });

  it('keeps what others wrote', () => {
    const theirs = { Sid: 'Theirs', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: QUEUE };
    const policy = allowSources(JSON.stringify({ Id: 'x', Statement: theirs }), QUEUE, 'events', ['arn:rule'], ANY);
    expect(JSON.parse(policy ?? '')).toMatchObject({ Id: 'x', Statement: [theirs, { Sid: 'LooseCouplingRules' }] });
  });

  it('lets everything with the prefix in before it grows longer than SQS takes', () => {
    const many = Array.from({ length: 200 }, (_, index) => topic(`some-event-${index}`));
    const policy = allowSources(undefined, QUEUE, 'sns', many, ANY) ?? '';
    expect(policy.length).toBeLessThan(8_192);
    expect(parsed(policy).Statement[0]).toMatchObject({ Condition: { ArnLike: { 'aws:SourceArn': [ANY] } } });
    expect(refusedSources(policy, 'sns', many)).toEqual([]);
  });

  it('keeps letting in those without the prefix when it lets in everything with it', () => {
    const other = 'arn:aws:sns:eu-west-1:123456789012:shared-topic';
    const first = allowSources(undefined, QUEUE, 'sns', [other], ANY);
    const many = Array.from({ length: 200 }, (_, index) => topic(`some-event-${index}`));
    const foreign = 'arn:aws:sns:eu-west-1:999999999999:partner';
    const policy = allowSources(first, QUEUE, 'sns', [...many, foreign], ANY) ?? '';
    expect(refusedSources(policy, 'sns', [...many, other, foreign])).toEqual([]);
    expect(allowSources(policy, QUEUE, 'sns', [...many, other, foreign], ANY)).toBeUndefined();
  });

  it('tells who is not let in, also of policies that other tools wrote', () => {
    expect(refusedSources(undefined, 'sns', [topic('a')])).toEqual([topic('a')]);
    const terraform = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: QUEUE,
          Condition: { ArnEquals: { 'aws:SourceArn': topic('a') } },
        },
      ],
    });
    expect(refusedSources(terraform, 'sns', [topic('a'), topic('b')])).toEqual([topic('b')]);
    expect(refusedSources(terraform, 'events', [topic('a')])).toEqual([topic('a')]);
  });
});
