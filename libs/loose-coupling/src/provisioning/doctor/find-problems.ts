import type { ProvisioningConfig } from '../config/provisioning-config.js';
import type { ResourceChange } from '../engine/provisioner.js';
import { labelOf } from '../model/resource.js';

export type ProblemCode =
  | 'missing'
  | 'differs'
  | 'visibility-too-short'
  | 'no-dead-letter-queue'
  | 'no-queue-policy'
  | 'queue-policy-too-large'
  | 'redrive-loop'
  | 'fifo-mismatch'
  | 'key-not-usable';

export interface Problem {
  readonly code: ProblemCode;
  /** `queue shop-orders-dev`. */
  readonly resource: string;
  /** What is wrong, and what to do. */
  readonly says: string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
const MAX_POLICY_BYTES = 8_192;
const MAX_STATEMENTS = 20;
/** Their policies cannot be changed, so no other service can be let use them. */
const AWS_OWN_KEY = { queue: 'alias/aws/sqs', topic: 'alias/aws/sns' } as const;

/** What would lose, delay or refuse messages, of what a plan has seen. */
export function findProblems(config: ProvisioningConfig, plan: readonly ResourceChange[]): Problem[] {
  const queues = plan.filter(({ resource, arn }) => resource.kind === 'queue' && arn !== undefined);
  const told = plan.filter(({ resource }) => resource.kind === 'topic' && config.alarms?.notify.includes(resource.of));
  return [
    ...plan.flatMap(differences),
    ...queues.flatMap((queue) => ofQueue(queue, queues, config)),
    ...told.flatMap(ofNotifiedTopic),
  ];
}

function ofNotifiedTopic({ resource, seen = {} }: ResourceChange): Problem[] {
  if (seen['KmsMasterKeyId'] !== AWS_OWN_KEY.topic) return [];
  const says = `CloudWatch may not use ${AWS_OWN_KEY.topic}, and alarms are not told; take a key of your own, or none`;
  return [{ code: 'key-not-usable', resource: labelOf(resource), says }];
}

function differences({ action, resource, differences: found }: ResourceChange): Problem[] {
  const label = labelOf(resource);
  if (action === 'create') return [{ code: 'missing', resource: label, says: 'is not there; run implement' }];
  return found.map(({ property, from, to }) => {
    if (from === undefined && property === 'RedrivePolicy') {
      return {
        code: 'no-dead-letter-queue',
        resource: label,
        says: 'messages that fail come back for ever; run implement',
      };
    }
    if (from === undefined && property === 'Policy' && resource.kind === 'queue') {
      return {
        code: 'no-queue-policy',
        resource: label,
        says: 'what is sent to it is dropped without a word; run implement',
      };
    }
    return {
      code: 'differs',
      resource: label,
      says: `${property} is ${from ?? 'not set'}, and should be ${to ?? 'another'}; run implement`,
    };
  });
}

function ofQueue(queue: ResourceChange, all: readonly ResourceChange[], config: ProvisioningConfig): Problem[] {
  const { resource, seen = {} } = queue;
  const problems: Problem[] = [];
  const say = (code: ProblemCode, says: string) => void problems.push({ code, resource: labelOf(resource), says });
  const limit = config.message_queues.find(({ name }) => name === resource.of)?.handler_timeout_seconds;
  if (limit !== undefined && Number(seen['VisibilityTimeout']) < limit) {
    const says = `messages are given to another after ${seen['VisibilityTimeout']} s, while handlers may take ${limit} s; raise visibility_timeout_seconds`;
    say('visibility-too-short', says);
  }
  checkPolicy(seen['Policy'], say);
  const deadLetters = deadLetterNameOf(queue);
  if (deadLetters !== undefined && deadLetters.endsWith('.fifo') !== resource.name.endsWith('.fifo')) {
    say(
      'fifo-mismatch',
      `its dead-letter queue ${deadLetters} is of the other kind, so that failed messages cannot be moved there`,
    );
  }
  if (isInLoop(queue, all))
    say('redrive-loop', 'its dead letters come back to it, for ever; give its dead-letter queue no redrive policy');
  const hasSources = resource.properties['Policy'] !== undefined;
  if (hasSources && seen['KmsMasterKeyId'] === AWS_OWN_KEY.queue) {
    say(
      'key-not-usable',
      `SNS and EventBridge may not use ${AWS_OWN_KEY.queue}, and what they send is dropped; take a key of your own, or SQS's own encryption`,
    );
  }
  return problems;
}

function checkPolicy(policy: string | undefined, say: (code: ProblemCode, says: string) => void): void {
  if (policy === undefined) return;
  const bytes = Buffer.byteLength(policy);
  const { Statement = [] } = JSON.parse(policy) as { Statement?: readonly unknown[] };
  if (bytes > MAX_POLICY_BYTES || Statement.length > MAX_STATEMENTS) {
    say(
      'queue-policy-too-large',
      `${bytes} bytes in ${Statement.length} statements; SQS takes ${MAX_POLICY_BYTES} in ${MAX_STATEMENTS}: the next sender will be refused`,
    );
  }
}

function deadLetterNameOf({ seen = {} }: ResourceChange): string | undefined {
  const policy = seen['RedrivePolicy'];
  if (policy === undefined || policy === '') return undefined;
  const { deadLetterTargetArn = '' } = JSON.parse(policy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn.split(':').at(-1);
}

function isInLoop(start: ResourceChange, all: readonly ResourceChange[]): boolean {
  const visited = new Set<string>();
  for (let at: ResourceChange | undefined = start; at;) {
    const next = deadLetterNameOf(at);
    if (next === start.resource.name) return true;
    if (next === undefined || visited.has(next)) return false;
    visited.add(next);
    at = all.find(({ resource }) => resource.name === next);
  }
  return false;
}
