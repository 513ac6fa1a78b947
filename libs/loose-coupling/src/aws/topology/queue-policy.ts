/** Of a queue policy; only what is read and written here. */
interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: { readonly ArnLike?: { readonly 'aws:SourceArn'?: string | readonly string[] } };
}

interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement?: PolicyStatement | readonly PolicyStatement[];
}

/** Who may put messages on a queue: topics of SNS, rules of EventBridge. */
export type PolicySource = 'sns' | 'events';

/** SQS takes 8,192 bytes; some are left for statements of others. */
const MAX_BYTES = 8_000;

const SIDS: Record<PolicySource, string> = { sns: 'LooseCouplingTopics', events: 'LooseCouplingRules' };

/**
 * Lets topics and rules send to a queue, with one statement for each of the two services: a statement for each topic would
 * run into the limit of 20. What is there stays, whoever wrote it. When the list of sources grows too long for a policy,
 * everything of this application's prefix is let in, beside those without it.
 * @param sources ARNs
 * @returns the policy to set, or nothing when it lets them in already
 */
export function allowSources(
  policy: string | undefined,
  queueArn: string,
  service: PolicySource,
  sources: readonly string[],
  wildcard: string,
): string | undefined {
  const document = readPolicy(policy);
  const statements = statementsOf(document);
  const own = statements.find(({ Sid }) => Sid === SIDS[service]);
  const known = sourcesOf(own);
  const missing = sources.filter((source) => !known.some((pattern) => isLike(pattern, source)));
  if (missing.length === 0) return undefined;
  const write = (arns: readonly string[]): string =>
    JSON.stringify({
      ...document,
      Version: document.Version ?? '2012-10-17',
      Statement: [...statements.filter((statement) => statement !== own), statementFor(service, queueArn, arns)],
    });
  const all = [...known, ...missing];
  const exact = write(all);
  if (Buffer.byteLength(exact) <= MAX_BYTES) return exact;
  return write([wildcard, ...all.filter((source) => !isLike(wildcard, source))]);
}

/** Sources that the policy does not let in. */
export function refusedSources(
  policy: string | undefined,
  service: PolicySource,
  sources: readonly string[],
): readonly string[] {
  const allowed = statementsOf(readPolicy(policy))
    .filter(({ Effect, Principal }) => Effect === 'Allow' && lets(Principal, service))
    .flatMap((statement) => (statement.Condition === undefined ? ['*'] : sourcesOf(statement)));
  return sources.filter((source) => !allowed.some((pattern) => isLike(pattern, source)));
}

const lets = (principal: unknown, service: PolicySource): boolean =>
  principal === '*' ||
  JSON.stringify(principal ?? '').includes(`${service}.amazonaws.com`) ||
  JSON.stringify(principal ?? '') === '{"AWS":"*"}';

function statementFor(service: PolicySource, queueArn: string, sources: readonly string[]): PolicyStatement {
  return {
    Sid: SIDS[service],
    Effect: 'Allow',
    Principal: { Service: `${service}.amazonaws.com` },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnLike: { 'aws:SourceArn': sources.toSorted() } },
  };
}

/** A policy that cannot be read is one that must not be overwritten. */
function readPolicy(policy: string | undefined): PolicyDocument {
  return policy === undefined || policy === '' ? {} : (JSON.parse(policy) as PolicyDocument);
}

const statementsOf = ({ Statement }: PolicyDocument): readonly PolicyStatement[] =>
  Statement === undefined ? [] : Array.isArray(Statement) ? Statement : [Statement as PolicyStatement];

/** Also of the conditions that other tools write. */
function sourcesOf(statement: PolicyStatement | undefined): readonly string[] {
  const conditions = Object.values((statement?.Condition ?? {}) as Record<string, Record<string, unknown>>);
  return conditions.flatMap((condition) => {
    const sources = condition['aws:SourceArn'] ?? condition['AWS:SourceArn'] ?? [];
    return (Array.isArray(sources) ? sources : [sources]) as string[];
  });
}

/** `*` stands for any text, as in an ArnLike condition. */
function isLike(pattern: string, arn: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}
