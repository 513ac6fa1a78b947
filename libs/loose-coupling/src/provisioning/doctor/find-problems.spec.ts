import { readConfig } from '../config/read-config.js';
import type { ResourceChange } from '../engine/provisioner.js';
import { findProblems } from './find-problems.js';

const queue = (name: string, seen: Record<string, string>): ResourceChange => ({
  action: 'none',
  resource: { kind: 'queue', name, of: name, properties: {} },
  differences: [],
  arn: `arn:aws:sqs:eu-west-1:1:${name}`,
  seen,
});
const codes = (...plan: ResourceChange[]) => findProblems(readConfig('{}'), plan).map(({ code }) => code);
const redriveTo = (name: string) =>
  JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:eu-west-1:1:${name}`, maxReceiveCount: 3 });

describe('the doctor', () => {
  it('finds a queue policy that is close to being refused', () => {
    const Statement = Array.from({ length: 21 }, () => ({ Effect: 'Allow' }));
    expect(codes(queue('a', { Policy: JSON.stringify({ Statement }) }))).toEqual(['queue-policy-too-large']);
    const [one] = Statement;
    expect(codes(queue('a', { Policy: JSON.stringify({ Statement: [{ ...one, Sid: 'x'.repeat(9_000) }] }) }))).toEqual([
      'queue-policy-too-large',
    ]);
    expect(codes(queue('a', { Policy: JSON.stringify({ Statement: [one] }) }))).toEqual([]);
  });

  it('finds a dead-letter queue of the other kind', () => {
    expect(codes(queue('a.fifo', { RedrivePolicy: redriveTo('b') }))).toEqual(['fifo-mismatch']);
    expect(codes(queue('a.fifo', { RedrivePolicy: redriveTo('b.fifo') }))).toEqual([]);
  });

  it('finds a loop of dead letters over several queues, and does not follow one for ever', () => {
    const loop = [
      queue('a', { RedrivePolicy: redriveTo('b') }),
      queue('b', { RedrivePolicy: redriveTo('c') }),
      queue('c', { RedrivePolicy: redriveTo('b') }),
    ];
    expect(codes(...loop)).toEqual(['redrive-loop', 'redrive-loop']);
  });
});
