import { type AwsAccess, accessTo, AwsEmulator } from './aws-emulator.js';
import { findDynamoDbLocal } from './dynamodb-local.js';
import { type EmulatorCommand, findCommand } from './emulator-command.js';
import { type EmulatorKind, MINISTACK, MOTO } from './emulator-kinds.js';

/** Longest start of an emulator on a busy machine, in milliseconds. */
const START_TIMEOUT = 120_000;

/**
 * Describes the same once for each AWS there is: the endpoint in `AWS_ENDPOINT_URL`, or else both emulators, each
 * started for this file and stopped after it. Use names nobody else uses: an endpoint may be shared.
 */
export function describeOnAws(title: string, body: (aws: () => AwsAccess) => void): void {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  if (endpoint) describe(`${title}, on ${endpoint}`, () => body(() => accessTo(endpoint)));
  else for (const kind of [MINISTACK, MOTO]) describeOnEmulator(title, body, kind);
}

/**
 * Describes what kills and restarts its AWS, so that it needs one of its own. Skipped, loudly, where none can be had;
 * with `CI=true` that is a failure.
 */
export function describeOnEmulator(
  title: string,
  body: (aws: () => AwsEmulator) => void,
  kind: EmulatorKind = MINISTACK,
): void {
  const command = findCommand(kind);
  if ('missing' in command) {
    skip(`${title}, on ${kind.name}`, command.missing);
    return;
  }
  describeWith(`${title}, on ${kind.name}`, command, body);
}

/** Describes the same on AWS's own DynamoDB Local. Skipped, loudly, where there is no Java to run it. */
export function describeOnDynamoDbLocal(title: string, body: (aws: () => AwsAccess) => void): void {
  const command = findDynamoDbLocal();
  if ('missing' in command) {
    process.stderr.write(`\nSKIPPED: no DynamoDB Local for "${title}": ${command.missing}\n`);
    // oxlint-disable-next-line jest/no-disabled-tests -- Java is not asked of whoever runs the tests
    it.skip(`${title}: no DynamoDB Local`, () => undefined);
    return;
  }
  describeWith(`${title}, on DynamoDB Local`, command, body);
}

function describeWith(title: string, command: EmulatorCommand, body: (aws: () => AwsEmulator) => void): void {
  describe(title, () => {
    let emulator: AwsEmulator | undefined;

    beforeAll(async () => {
      emulator = await AwsEmulator.start(command);
    }, START_TIMEOUT);

    afterAll(() => emulator?.kill());

    body(() => {
      if (!emulator) throw new Error('The emulator is there in tests and hooks, not while they are described.');
      return emulator;
    });
  });
}

function skip(title: string, reason: string): void {
  const message = `SKIPPED: no AWS emulator for "${title}": ${reason}`;
  if (process.env['CI'] === 'true') {
    it(title, () => {
      throw new Error(message);
    });
    return;
  }
  process.stderr.write(`\n${message}\n`);
  // oxlint-disable-next-line jest/no-disabled-tests -- without AWS there is nothing to run against
  it.skip(`${title}: no AWS emulator`, () => undefined);
}
