import type { CircuitBreakerConfig } from '../config/provisioning-config.js';
import type { FunctionCode } from '../function/function-code.js';
import type { PhysicalNames } from './physical-names.js';
import { arnIn, arnOf, type DesiredResource } from './resource.js';

const OF = 'circuit-breaker';
const RUNTIME = 'nodejs22.x';
/** Of the document. */
const TIMEOUT_SECONDS = '30';
/** The SDK alone takes half of it. */
const MEMORY_MB = '256';

/** The table that breakers share, and the function for those that have no breaker of their own. */
export function circuitBreakerResources(
  config: CircuitBreakerConfig | undefined,
  names: PhysicalNames,
  code: () => FunctionCode,
): DesiredResource[] {
  if (!config) return [];
  const name = names.circuitBreaker;
  const table: DesiredResource = { kind: 'table', name, of: OF, properties: {} };
  return config.function ? [table, role(name), lambda(name, config, code())] : [table];
}

/** May read and write circuits, write its log, and nothing else. */
function role(name: string): DesiredResource {
  const log = `${arnIn('logs')}:log-group:/aws/lambda/${name}`;
  const allow = (Action: readonly string[], Resource: readonly string[]) => ({ Effect: 'Allow', Action, Resource });
  return {
    kind: 'role',
    name,
    of: OF,
    properties: {
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      Policy: document(
        allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], [arnOf('table', name)]),
        allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], [log, `${log}:*`]),
      ),
    },
  };
}

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

function lambda(name: string, config: CircuitBreakerConfig, code: FunctionCode): DesiredResource {
  const { failure_threshold: failures, timeout_seconds: seconds, half_open_max_calls: calls } = config;
  const environment = {
    CIRCUIT_BREAKER_TABLE: name,
    ...(failures !== undefined && { CIRCUIT_BREAKER_FAILURE_THRESHOLD: String(failures) }),
    ...(seconds !== undefined && { CIRCUIT_BREAKER_TIMEOUT_SECONDS: String(seconds) }),
    ...(calls !== undefined && { CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS: String(calls) }),
  };
  return {
    kind: 'function',
    name,
    of: OF,
    properties: {
      CodeSha256: code.sha256,
      Description: 'Circuit breaker: check, success, failure',
      Environment: JSON.stringify(environment),
      Handler: 'index.handler',
      MemorySize: MEMORY_MB,
      Role: arnOf('role', name),
      Runtime: RUNTIME,
      Timeout: TIMEOUT_SECONDS,
    },
    code,
  };
}
