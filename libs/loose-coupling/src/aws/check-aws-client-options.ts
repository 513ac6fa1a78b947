import type { FaultList } from '../kernel/index.js';

const KNOWN = ['region', 'endpoint', 'credentials'];
const KNOWN_OF_CONNECTION = [...KNOWN, 'roleArn', 'externalId'];
const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/.+$/;
const CREDENTIALS = ['accessKeyId', 'secretAccessKey', 'sessionToken'];
/** To every object that one of its clients was given, which may be shared with ours. */
const ADDED_BY_THE_SDK = '$source';

/** Adds what is wrong with the option `aws`. What is left out the AWS SDK finds by itself. */
export function checkAwsClientOptions(options: unknown, faults: FaultList): void {
  if (options === undefined) return;
  if (!isRecord(options)) return faults.add('aws', 'an object', options);
  faults.unknownKeys('aws', options, [...KNOWN, 'connections']);
  checkReach(options, faults, 'aws');
  const { connections } = options;
  if (connections === undefined) return;
  if (!isRecord(connections)) return faults.add('aws.connections', 'an object of connections by name', connections);
  for (const [name, connection] of Object.entries(connections)) {
    checkConnection(connection, faults, `aws.connections.${name}`);
  }
}

function checkConnection(options: unknown, faults: FaultList, path: string): void {
  if (!isRecord(options)) return faults.add(path, 'an object', options);
  faults.unknownKeys(path, options, KNOWN_OF_CONNECTION);
  checkReach(options, faults, path);
  const { roleArn, externalId } = options;
  if (roleArn !== undefined && (typeof roleArn !== 'string' || !ROLE_ARN.test(roleArn))) {
    faults.add(`${path}.roleArn`, 'the ARN of a role, such as "arn:aws:iam::111122223333:role/send"', roleArn);
  }
  if (externalId !== undefined && (typeof externalId !== 'string' || externalId === '')) {
    faults.add(`${path}.externalId`, 'a text that is not empty', externalId);
  }
}

function checkReach(options: Record<string, unknown>, faults: FaultList, path: string): void {
  const { region, endpoint, credentials } = options;
  if (region !== undefined && (typeof region !== 'string' || !/^[a-z0-9-]+$/.test(region))) {
    faults.add(`${path}.region`, 'a region such as "eu-west-1"', region);
  }
  if (
    endpoint !== undefined &&
    (typeof endpoint !== 'string' || !/^https?:/.test(endpoint) || !URL.canParse(endpoint))
  ) {
    faults.add(`${path}.endpoint`, 'an http(s) address', endpoint);
  }
  if (credentials !== undefined && typeof credentials !== 'function') checkCredentials(credentials, faults, path);
}

/** Says which are missing and never shows one. */
function checkCredentials(credentials: unknown, faults: FaultList, path: string): void {
  if (!isRecord(credentials)) {
    faults.say(`${path}.credentials: expected an object, or a function that resolves to one`);
    return;
  }
  faults.unknownKeys(`${path}.credentials`, credentials, [...CREDENTIALS, ADDED_BY_THE_SDK]);
  for (const key of CREDENTIALS) {
    const value = credentials[key];
    const missing = value === undefined && key !== 'sessionToken';
    const wrong = value !== undefined && (typeof value !== 'string' || value === '');
    if (missing || wrong) faults.say(`${path}.credentials.${key}: expected a text that is not empty`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
